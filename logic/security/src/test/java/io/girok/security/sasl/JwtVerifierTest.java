package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.simulated.ManualClock;
import io.girok.security.SaslSettings.TokenSettings;
import io.girok.security.sasl.SaslExchange.Step;
import io.girok.security.sasl.TokenVerifier.Verdict;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JwtVerifierTest {
    private static final long HOUR_MS = 3_600_000;
    private static RsaJsonWebKey key;
    private static RsaJsonWebKey otherKey;

    private final ManualClock clock = new ManualClock();
    private final JwtVerifier verifier = new JwtVerifier(
            new TokenSettings("file:x", HOUR_MS, List.of("girok"), Optional.of("https://issuer"), "sub", 30), clock);

    @BeforeAll
    static void makeKeys() throws JoseException {
        key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("one");
        otherKey = RsaJwkGenerator.generateJwk(2048);
        otherKey.setKeyId("two");
    }

    JwtVerifierTest() {
        verifier.use(keySet(key));
    }

    @Test
    void nobodyIsRefusedBeforeTheKeysAreThere() throws Exception {
        JwtVerifier starting = new JwtVerifier(
                new TokenSettings("file:x", HOUR_MS, List.of(), Optional.empty(), "sub", 30), clock);
        OauthExchange exchange = new OauthExchange(starting);
        byte[] message = ("n,,\1auth=Bearer " + signed(claims(), key) + "\1\1").getBytes(UTF_8);
        assertThat(exchange.take(message)).isInstanceOf(Step.NotYet.class);

        starting.use(keySet(key));

        assertThat(exchange.take(message)).isInstanceOf(Step.Done.class);
    }

    @Test
    void aGoodTokenSaysWhoTheClientIs() throws Exception {
        assertThat(verifier.verify(signed(claims(), key)))
                .isEqualTo(new Verdict.Valid("alice", inAnHour().getValueInMillis()));
    }

    @Test
    void aTokenThatIsOverOrNotForUsOrOfSomebodyElseIsRefused() throws Exception {
        JwtClaims over = claims();
        over.setExpirationTime(NumericDate.fromMilliseconds(clock.wallMs() - 60_000));
        JwtClaims endless = claims();
        endless.unsetClaim("exp");
        JwtClaims notForUs = claims();
        notForUs.setAudience("other");
        JwtClaims ofAnother = claims();
        ofAnother.setIssuer("https://evil");
        JwtClaims nameless = claims();
        nameless.unsetClaim("sub");
        JwtClaims ofNoTime = claims();
        ofNoTime.unsetClaim("iat");
        JwtClaims beyondTime = claims();
        beyondTime.setClaim("exp", Long.MAX_VALUE);
        JwtClaims notYet = claims();
        notYet.setNotBefore(NumericDate.fromMilliseconds(clock.wallMs() + 120_000));

        for (JwtClaims each : List.of(over, endless, notForUs, ofAnother, nameless, notYet, ofNoTime,
                beyondTime)) {
            assertThat(verifier.verify(signed(each, key))).isInstanceOf(Verdict.Invalid.class);
        }
    }

    @Test
    void aForgedTokenIsRefused() throws Exception {
        otherKey.setKeyId("one");
        String forged = signed(claims(), otherKey);
        otherKey.setKeyId("two");
        String good = signed(claims(), key);
        String[] parts = good.split("\\.", -1);
        String changed = parts[0] + "." + base64("{\"sub\":\"root\"}") + "." + parts[2];

        assertThat(verifier.verify(forged)).isInstanceOf(Verdict.Invalid.class);
        assertThat(verifier.verify(changed)).isInstanceOf(Verdict.Invalid.class);
        assertThat(verifier.verify(parts[0] + "." + parts[1] + ".")).isInstanceOf(Verdict.Invalid.class);
    }

    @Test
    void aTokenThatNobodySignedIsRefused() throws Exception {
        JsonWebSignature none = new JsonWebSignature();
        none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        none.setAlgorithmHeaderValue("none");
        none.setPayload(claims().toJson());

        assertThat(verifier.verify(none.getCompactSerialization())).isInstanceOf(Verdict.Invalid.class);
        assertThat(verifier.verify(base64("{\"alg\":\"None\"}") + "." + base64(claims().toJson()) + "."))
                .isInstanceOf(Verdict.Invalid.class);
    }

    /// The public key, which everybody has, is not to be taken for a shared secret.
    @Test
    void aTokenSignedWithThePublicKeyAsASecretIsRefused() throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue("HS256");
        signature.setKeyIdHeaderValue("one");
        signature.setKey(new HmacKey(key.getPublicKey().getEncoded()));
        signature.setPayload(claims().toJson());

        assertThat(verifier.verify(signature.getCompactSerialization())).isInstanceOf(Verdict.Invalid.class);
    }

    @Test
    void aTokenWithAnUnknownKeyIsTakenOnceTheKeyIsThere() throws Exception {
        String token = signed(claims(), otherKey);
        assertThat(verifier.verify(token)).isInstanceOf(Verdict.Invalid.class);
        assertThat(verifier.isKeyMissing()).isTrue();

        verifier.use(keySet(key, otherKey));

        assertThat(verifier.verify(token)).isInstanceOf(Verdict.Valid.class);
        assertThat(verifier.isKeyMissing()).isFalse();
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String each : List.of("", ".", "..", "a.b.c", "....", "x".repeat(100_000))) {
            assertThat(verifier.verify(each)).isInstanceOf(Verdict.Invalid.class);
        }
    }

    @Test
    void aKeySetWithoutKeysIsRefused() {
        assertThatThrownBy(() -> verifier.use("{\"keys\":[]}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> verifier.use("nonsense")).isInstanceOf(IllegalArgumentException.class);
        // Where a key should be stands a number.
        assertThatThrownBy(() -> verifier.use("{\"keys\":[0]}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMessageOfAClient() throws Exception {
        String token = signed(claims(), key);

        assertThat(take("n,,\1auth=Bearer " + token + "\1\1"))
                .isInstanceOfSatisfying(Step.Done.class, done -> assertThat(done.user()).isEqualTo("alice"));
        assertThat(take("n,a=alice,\1auth=bearer " + token + "\1traceId=x\1\1")).isInstanceOf(Step.Done.class);
        assertThat(take("n,a=root,\1auth=Bearer " + token + "\1\1")).isInstanceOf(Step.Failed.class);
        for (String each : List.of("", "n,,\1\1", "n,,\1auth=Basic " + token + "\1\1", token,
                "n,,\1auth=Bearer \1\1", "x,,\1auth=Bearer a.b.c\1\1",
                "n,,\1" + "a=\1".repeat(100_000) + "\1", "n,,\1auth=Bearer " + token)) {
            assertThat(take(each)).isInstanceOf(Step.Failed.class);
        }
    }

    @Test
    void aClientIsToldThatItsTokenIsInvalidBeforeItIsRefused() {
        OauthExchange exchange = new OauthExchange(verifier);

        assertThat(exchange.take("n,,\1auth=Bearer a.b.c\1\1".getBytes(UTF_8)))
                .isInstanceOfSatisfying(Step.Continue.class, told -> assertThat(new String(told.challenge(), UTF_8))
                        .isEqualTo("{\"status\":\"invalid_token\"}"));
        assertThat(exchange.take(new byte[]{1})).isInstanceOf(Step.Failed.class);
    }

    private Step take(String message) {
        return new OauthExchange(verifier).take(message.getBytes(UTF_8));
    }

    private JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("alice");
        claims.setIssuer("https://issuer");
        claims.setAudience("girok");
        claims.setIssuedAt(NumericDate.fromMilliseconds(clock.wallMs()));
        claims.setExpirationTime(inAnHour());
        return claims;
    }

    private NumericDate inAnHour() {
        return NumericDate.fromMilliseconds(clock.wallMs() + HOUR_MS);
    }

    private static String signed(JwtClaims claims, RsaJsonWebKey by) throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue("RS256");
        signature.setKeyIdHeaderValue(by.getKeyId());
        signature.setKey(by.getPrivateKey());
        signature.setPayload(claims.toJson());
        return signature.getCompactSerialization();
    }

    private static String keySet(JsonWebKey... keys) {
        return new JsonWebKeySet(keys).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
}
