package io.girok.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import io.girok.security.TlsSettings;
import io.girok.security.TlsSettings.OwnKey;
import io.girok.security.TlsSettings.Trust;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Keys and certificates as they were read from where the settings say. Immutable.
final class TlsMaterial {
    private static final String BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    /// What tells that the files may have changed.
    record Stamp(List<String> files) {}

    private final TlsSettings settings;
    private final @Nullable KeyManagerFactory ownStore;
    private final byte[] ownPem;
    private final @Nullable String ownPemPassword;
    private final @Nullable TrustManagerFactory trustStore;
    private final X509Certificate @Nullable [] trustedPem;
    private final String description;

    private TlsMaterial(TlsSettings settings) throws IOException, GeneralSecurityException {
        this.settings = settings;
        OwnKey own = settings.own().orElse(null);
        KeyManagerFactory store = null;
        byte[] pem = new byte[0];
        String pemPassword = null;
        List<X509Certificate> chain = List.of();
        switch (own) {
            case null -> {
                // A client that shows nothing of itself.
            }
            case OwnKey.Store(String file, String type, var password, var keyPassword, String algorithm) -> {
                KeyStore keys = readStore(file, type, password);
                store = KeyManagerFactory.getInstance(algorithm);
                store.init(keys, characters(keyPassword.or(() -> password)));
                chain = chainOf(keys, file);
            }
            case OwnKey.PemFile(String file, var keyPassword) -> {
                pem = Files.readAllBytes(Path.of(file));
                pemPassword = keyPassword.map(Secret::reveal).orElse(null);
                chain = certificates(pem, file);
            }
            case OwnKey.PemText(String text, Secret key, var keyPassword) -> {
                pem = (key.reveal() + "\n" + text).getBytes(UTF_8);
                pemPassword = keyPassword.map(Secret::reveal).orElse(null);
                chain = certificates(pem, "ssl.keystore.certificate.chain");
            }
        }
        this.ownStore = store;
        this.ownPem = pem;
        this.ownPemPassword = pemPassword;
        this.description = chain.isEmpty()
                ? "without a certificate of its own"
                : "certificate of '" + chain.getFirst().getSubjectX500Principal().getName() + "', good until "
                        + chain.getFirst().getNotAfter().toInstant();
        Trust trust = settings.trusted().orElse(null);
        TrustManagerFactory trusted = null;
        X509Certificate[] trustedCertificates = null;
        switch (trust) {
            case null -> {
                // The JDK's authorities.
            }
            case Trust.Store(String file, String type, var password, String algorithm) -> {
                trusted = TrustManagerFactory.getInstance(algorithm);
                trusted.init(readStore(file, type, password));
            }
            case Trust.PemFile(String file) ->
                trustedCertificates = certificates(Files.readAllBytes(Path.of(file)), file)
                        .toArray(X509Certificate[]::new);
            case Trust.PemText(String text) ->
                trustedCertificates = certificates(text.getBytes(UTF_8), "ssl.truststore.certificates")
                        .toArray(X509Certificate[]::new);
        }
        this.trustStore = trusted;
        this.trustedPem = trustedCertificates;
    }

    /// @throws IOException that says what can't be read, and why
    static TlsMaterial read(String where, TlsSettings settings) throws IOException {
        try {
            return new TlsMaterial(settings);
        } catch (NoSuchFileException e) {
            throw new IOException(where + ": there is no file '" + e.getMessage() + "'", e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(where + ": keys or certificates can't be read: " + e.getMessage(), e);
        }
    }

    private static KeyStore readStore(String file, String type, Optional<Secret> password)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            store.load(in, characters(password));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("the " + type + " file '" + file + "': " + e.getMessage(), e);
        }
        return store;
    }

    private static char @Nullable [] characters(Optional<Secret> password) {
        return password.map(secret -> secret.reveal().toCharArray()).orElse(null);
    }

    private static List<X509Certificate> chainOf(KeyStore store, String file)
            throws GeneralSecurityException, IOException {
        for (String alias : Collections.list(store.aliases())) {
            // A secret key has none.
            Certificate[] certificates = store.getCertificateChain(alias);
            if (store.isKeyEntry(alias) && certificates != null) {
                List<X509Certificate> chain = new ArrayList<>();
                for (Certificate certificate : certificates) {
                    chain.add((X509Certificate) certificate);
                }
                return chain;
            }
        }
        throw new IOException("the file '" + file + "' has no key");
    }

    private static List<X509Certificate> certificates(byte[] pem, String from)
            throws GeneralSecurityException, IOException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        String text = new String(pem, UTF_8);
        List<X509Certificate> certificates = new ArrayList<>();
        for (int at = text.indexOf(BEGIN_CERTIFICATE); 0 <= at; at = text.indexOf(BEGIN_CERTIFICATE, at + 1)) {
            certificates.add((X509Certificate) factory
                    .generateCertificate(new ByteArrayInputStream(text.substring(at).getBytes(UTF_8))));
        }
        if (certificates.isEmpty()) {
            throw new IOException("'" + from + "' has no certificate in PEM");
        }
        return certificates;
    }

    /// What the operator wants to see of it.
    String describe() {
        return description;
    }

    SslContextBuilder asServer() throws IOException {
        KeyManagerFactory store = ownStore;
        if (store != null) {
            return trusting(SslContextBuilder.forServer(store));
        }
        try {
            return trusting(SslContextBuilder.forServer(new ByteArrayInputStream(ownPem),
                    new ByteArrayInputStream(ownPem), ownPemPassword));
        } catch (IllegalArgumentException e) {
            throw unreadableKey(e);
        }
    }

    SslContextBuilder asClient() throws IOException {
        SslContextBuilder builder = trusting(SslContextBuilder.forClient());
        if (settings.own().isEmpty()) {
            return builder;
        }
        KeyManagerFactory store = ownStore;
        if (store != null) {
            return builder.keyManager(store);
        }
        try {
            return builder.keyManager(new ByteArrayInputStream(ownPem), new ByteArrayInputStream(ownPem),
                    ownPemPassword);
        } catch (IllegalArgumentException e) {
            throw unreadableKey(e);
        }
    }

    private static IOException unreadableKey(IllegalArgumentException cause) {
        return new IOException("the private key can't be read: it must be in PKCS 8 (BEGIN PRIVATE KEY, or BEGIN "
                + "ENCRYPTED PRIVATE KEY with 'ssl.key.password'), and the password right", cause);
    }

    private SslContextBuilder trusting(SslContextBuilder builder) {
        TrustManagerFactory trusted = trustStore;
        X509Certificate[] certificates = trustedPem;
        if (trusted != null) {
            return builder.trustManager(trusted);
        }
        return certificates == null ? builder : builder.trustManager(certificates);
    }

    static Stamp stamp(TlsSettings settings) {
        List<String> files = new ArrayList<>();
        switch (settings.own().orElse(null)) {
            case OwnKey.Store store -> files.add(stamp(store.file()));
            case OwnKey.PemFile pem -> files.add(stamp(pem.file()));
            case OwnKey.PemText _ -> {
                // Not from a file.
            }
            case null -> {
                // Nothing.
            }
        }
        switch (settings.trusted().orElse(null)) {
            case Trust.Store store -> files.add(stamp(store.file()));
            case Trust.PemFile pem -> files.add(stamp(pem.file()));
            case Trust.PemText _ -> {
                // Not from a file.
            }
            case null -> {
                // Nothing.
            }
        }
        return new Stamp(files);
    }

    private static String stamp(String file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
