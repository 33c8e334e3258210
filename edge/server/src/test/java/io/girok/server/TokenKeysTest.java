package io.girok.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.girok.base.simulated.ManualClock;
import io.girok.security.SaslSettings.TokenSettings;
import io.girok.security.sasl.JwtVerifier;
import io.girok.security.sasl.TokenVerifier.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Keys from an issuer's own server.
@Timeout(60)
class TokenKeysTest {
    private static final long REFRESH_MS = 3_600_000;
    private static final long RETRY_MS = 10_000;
    private static RsaJsonWebKey oldKey;
    private static RsaJsonWebKey newKey;

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer issuer;
    private JwtVerifier verifier;
    private TokenKeys keys;
    private volatile int status = 200;
    private volatile byte[] content = new byte[0];

    @BeforeAll
    static void makeKeys() throws JoseException {
        oldKey = RsaJwkGenerator.generateJwk(2048);
        oldKey.setKeyId("old");
        newKey = RsaJwkGenerator.generateJwk(2048);
        newKey.setKeyId("new");
    }

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(status, content.length);
            try (var body = exchange.getResponseBody()) {
                body.write(content);
            }
        });
        issuer.start();
        TokenSettings settings = new TokenSettings(
                "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys", REFRESH_MS, List.of(),
                Optional.empty(), "sub", 0);
        verifier = new JwtVerifier(settings, clock);
        keys = new TokenKeys(settings, verifier, clock);
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    @Test
    void keysAreReadAndReadAgainFromTimeToTime() throws JoseException {
        offer(oldKey);
        keys.refresh();
        assertThat(isTaken(oldKey)).isTrue();

        offer(newKey);
        clock.advance(REFRESH_MS - 1);
        keys.refresh();
        assertThat(requests).hasValue(1);
        clock.advance(1);
        keys.refresh();

        assertThat(requests).hasValue(2);
        assertThat(isTaken(newKey)).isTrue();
        assertThat(isTaken(oldKey)).isFalse();
    }

    @Test
    void aTokenWithAKeyThatIsNotKnownHasThemReadAgainButNotTooOften() throws JoseException {
        offer(oldKey);
        keys.refresh();
        for (int i = 0; i < 100; i++) {
            assertThat(isTaken(newKey)).isFalse();
            keys.refresh();
        }
        assertThat(requests).hasValue(1);

        offer(newKey);
        clock.advance(RETRY_MS);
        keys.refresh();

        assertThat(requests).hasValue(2);
        assertThat(isTaken(newKey)).isTrue();
    }

    @Test
    void whatCanNotBeReadLeavesTheKeysFromBeforeInForce() throws JoseException {
        offer(oldKey);
        keys.refresh();
        byte[] tooMuch = new byte[1024 * 1024 + 1];
        for (Runnable trouble : List.<Runnable>of(() -> status = 500, () -> {
            status = 200;
            content = "no keys".getBytes(UTF_8);
        }, () -> content = tooMuch, () -> issuer.stop(0))) {
            trouble.run();
            clock.advance(REFRESH_MS);
            keys.refresh();
            assertThat(isTaken(oldKey)).isTrue();
        }
    }

    @Test
    void nobodyIsRefusedBeforeTheyAreReadForTheFirstTime() throws JoseException {
        status = 503;
        keys.refresh();
        assertThat(verifier.verify(token(oldKey))).isInstanceOf(Verdict.NotYet.class);

        offer(oldKey);
        status = 200;
        clock.advance(RETRY_MS);
        keys.refresh();

        assertThat(isTaken(oldKey)).isTrue();
    }

    private void offer(RsaJsonWebKey key) {
        content = new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY).getBytes(UTF_8);
    }

    private boolean isTaken(RsaJsonWebKey key) throws JoseException {
        return verifier.verify(token(key)) instanceof Verdict.Valid;
    }

    private String token(RsaJsonWebKey key) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("alice");
        claims.setIssuedAt(NumericDate.fromMilliseconds(clock.wallMs()));
        claims.setExpirationTime(NumericDate.fromMilliseconds(clock.wallMs() + 10 * REFRESH_MS));
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setKey(key.getPrivateKey());
        token.setKeyIdHeaderValue(key.getKeyId());
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return token.getCompactSerialization();
    }
}
