package io.girok.network;

import io.girok.base.Principal;
import io.girok.security.TlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS as it is spoken at one listener, and to the same listener of other nodes: by OpenSSL where it is there, by the
/// JDK's engine elsewhere. Thread-safe.
///
/// The certificates can be read anew while connections are open, which keep the ones they were opened with.
public final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
    /// How long a handshake may take.
    private static final long HANDSHAKE_LIMIT_SECONDS = 10;
    private static final long CLOSE_LIMIT_SECONDS = 1;

    private final String where;
    private final TlsSettings settings;
    private final Executor handshakes;
    private volatile TlsMaterial.Stamp stamp;
    private volatile String lastFailure = "";
    private volatile Contexts contexts;

    /// @param client only where this node reaches others so
    private record Contexts(SslContext server, SslContext client) {}

    private TlsContext(String where, TlsSettings settings, Executor handshakes) throws IOException {
        this.where = where;
        this.settings = settings;
        this.handshakes = handshakes;
        this.stamp = TlsMaterial.stamp(settings);
        this.contexts = read();
    }

    /// @param where the listener, for messages
    /// @param handshakes where the slow parts of handshakes run
    /// @throws IOException when keys or certificates can't be read; says which and why
    public static TlsContext load(String where, TlsSettings settings, Executor handshakes) throws IOException {
        return new TlsContext(where, settings, handshakes);
    }

    private Contexts read() throws IOException {
        TlsMaterial material = TlsMaterial.read(where, settings);
        SslContextBuilder server = material.asServer();
        SslContextBuilder client = material.asClient();
        try {
            Contexts read = new Contexts(
                    build(server.clientAuth(switch (settings.clientAuth()) {
                        case NONE -> ClientAuth.NONE;
                        case REQUESTED -> ClientAuth.OPTIONAL;
                        case REQUIRED -> ClientAuth.REQUIRE;
                    })),
                    build(client.endpointIdentificationAlgorithm(settings.isHostVerified() ? "HTTPS" : null)));
            check(read.server);
            LOG.info("{}: TLS by {}, {}", where, isOpenSsl() ? "OpenSSL" : "the JDK", material.describe());
            return read;
        } catch (RuntimeException e) {
            throw new IOException(where + ": TLS can't be spoken with what is set: " + e.getMessage(), e);
        }
    }

    private SslContext build(SslContextBuilder builder) throws IOException {
        builder.sslProvider(isOpenSsl() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols(settings.protocols());
        if (!settings.cipherSuites().isEmpty()) {
            builder.ciphers(settings.cipherSuites());
        }
        return builder.build();
    }

    private boolean isOpenSsl() throws IOException {
        return switch (settings.engine()) {
            case FASTEST -> OpenSsl.isAvailable();
            case JDK -> false;
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IOException(where + ": 'ssl.provider' is OpenSSL, whose library can't be loaded here; "
                            + "allowed: SunJSSE, or nothing", OpenSsl.unavailabilityCause());
                }
                yield true;
            }
        };
    }

    /// Some of what is wrong shows with the first connection only.
    private static void check(SslContext context) {
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
        engine.closeOutbound();
        ReferenceCountUtil.release(engine);
    }

    /// Reads keys and certificates again if a file has changed. What can't be read is tried again each time, logged
    /// once, and what was there before stays in force. Blocks; one thread at a time.
    public void reloadIfChanged() {
        TlsMaterial.Stamp now = TlsMaterial.stamp(settings);
        if (now.equals(stamp)) {
            return;
        }
        try {
            contexts = read();
            stamp = now;
            lastFailure = "";
        } catch (IOException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) {
                LOG.error("{}; new connections are still shown the certificate from before", failure);
            }
            lastFailure = failure;
        }
    }

    SslHandler serverHandler(ByteBufAllocator allocator) {
        return limited(contexts.server.newHandler(allocator, handshakes));
    }

    SslHandler clientHandler(ByteBufAllocator allocator, String host, int port) {
        return limited(contexts.client.newHandler(allocator, host, port, handshakes));
    }

    private static SslHandler limited(SslHandler handler) {
        handler.setHandshakeTimeout(HANDSHAKE_LIMIT_SECONDS, TimeUnit.SECONDS);
        handler.setCloseNotifyFlushTimeout(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        return handler;
    }

    /// Who the client's certificate makes it: nobody known without one; empty when no rule knows whose it is.
    Optional<Principal> principalOf(SSLSession session) {
        Certificate[] chain;
        try {
            chain = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException noneIsShown) {
            return Optional.of(Principal.ANONYMOUS);
        }
        return chain.length != 0 && chain[0] instanceof X509Certificate certificate
                ? settings.principalMapping()
                        .apply(certificate.getSubjectX500Principal().getName())
                        .map(name -> name.isEmpty() ? Principal.ANONYMOUS : Principal.user(name))
                : Optional.of(Principal.ANONYMOUS);
    }
}
