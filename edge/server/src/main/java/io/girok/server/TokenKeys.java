package io.girok.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Clock;
import io.girok.security.SaslSettings.TokenSettings;
import io.girok.security.sasl.JwtVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the keys with which tokens are signed from where they are, now and then. Owned by whoever calls it.
final class TokenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(TokenKeys.class);
    private static final long RETRY_MS = 10_000;
    private static final int LIMIT_MS = 5_000;
    private static final int MAX_BYTES = 1024 * 1024;

    private final TokenSettings settings;
    private final JwtVerifier verifier;
    private final Clock clock;
    private boolean isRead;
    private long nextMs;
    private long nextForMissingMs;

    TokenKeys(TokenSettings settings, JwtVerifier verifier, Clock clock) {
        this.settings = settings;
        this.verifier = verifier;
        this.clock = clock;
        this.nextMs = clock.monotonicMs();
        this.nextForMissingMs = nextMs;
    }

    /// Reads the keys if it is time to. Blocks.
    void refresh() {
        long nowMs = clock.monotonicMs();
        if (nowMs < nextMs && !(verifier.isKeyMissing() && nextForMissingMs <= nowMs)) {
            return;
        }
        nextForMissingMs = nowMs + RETRY_MS;
        try {
            verifier.use(read());
            nextMs = nowMs + settings.keysRefreshMs();
            if (!isRead) {
                LOG.info("the keys for tokens have been read from {}", settings.keysUrl());
            }
            isRead = true;
        } catch (IOException | IllegalArgumentException e) {
            nextMs = nowMs + RETRY_MS;
            LOG.warn("the keys for tokens can't be read from {} ({}); {}, and it is tried again in {} ms",
                    settings.keysUrl(), e.getMessage(),
                    isRead ? "those read before stay in force" : "no token is taken", RETRY_MS);
        }
    }

    private String read() throws IOException {
        URLConnection connection = URI.create(settings.keysUrl()).toURL().openConnection();
        connection.setConnectTimeout(LIMIT_MS);
        connection.setReadTimeout(LIMIT_MS);
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (MAX_BYTES < bytes.length) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, UTF_8);
        }
    }
}
