package io.girok.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.simulated.ManualClock;
import io.girok.security.SaslSettings.TokenSettings;
import io.girok.security.sasl.JwtVerifier;
import io.girok.security.sasl.TokenVerifier.Verdict;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/// Bearer tokens, and sets of the keys they are checked with. Who has not the key has no token that counts.
///
/// ```
/// 0  0 the rest is a token   1 the rest are claims, which the issuer signs   2 the rest is a set of keys
///    3 the rest is a token's header in JSON, a 0, and its claims, with a signature that fits other ones
/// ```
final class TokenTarget implements FuzzTarget {
    private static final int KINDS = 4;
    /// New in each process, so that no input has it.
    private static final EllipticCurveJsonWebKey KEY = key();
    private static final JwtVerifier VERIFIER = verifier();

    private static EllipticCurveJsonWebKey key() {
        try {
            EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId("one");
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM makes no keys", e);
        }
    }

    static JwtVerifier verifier() {
        JwtVerifier verifier = empty();
        verifier.use(new JsonWebKeySet(KEY).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        return verifier;
    }

    private static JwtVerifier empty() {
        return new JwtVerifier(new TokenSettings("file:x", 3_600_000, List.of("girok"), Optional.of("issuer"), "sub",
                30), new ManualClock(1_700_000_000_000L));
    }

    @Override
    public void take(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String text = new String(Arrays.copyOfRange(input, 1, input.length), UTF_8);
        switch (Math.floorMod(input[0], KINDS)) {
            case 0 -> checkRefused(text);
            case 1 -> VERIFIER.verify(signed(text));
            case 2 -> useKeys(text);
            default -> {
                String[] parts = text.split("\0", 2);
                String signature = signed("{}").split("\\.", -1)[2];
                checkRefused(base64(parts[0]) + "." + base64(parts[parts.length - 1]) + "." + signature);
            }
        }
    }

    private static void checkRefused(String token) {
        if (VERIFIER.verify(token) instanceof Verdict.Valid valid) {
            throw new AssertionError("a token that nobody has signed makes somebody " + valid);
        }
    }

    private static void useKeys(String keySet) {
        JwtVerifier verifier = empty();
        try {
            verifier.use(keySet);
        } catch (IllegalArgumentException noKeys) {
            return;
        }
        verifier.verify(signed("{\"sub\":\"alice\"}"));
    }

    private static String signed(String claims) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims);
        signature.setKey(KEY.getPrivateKey());
        signature.setKeyIdHeaderValue(KEY.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM signs nothing", e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    @Override
    public List<byte[]> seeds() {
        String claims = "{\"sub\":\"alice\",\"exp\":1700003600,\"nbf\":1699990000,\"iat\":1,\"iss\":\"issuer\","
                + "\"aud\":[\"girok\"],\"jti\":\"x\"}";
        String header = "{\"alg\":\"ES256\",\"kid\":\"one\",\"typ\":\"JWT\"}";
        String rsa = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\",\"use\":\"sig\",\"alg\":\"RS256\",\"e\":\"AQAB\","
                + "\"n\":\"" + "q".repeat(342) + "\"}]}";
        String okp = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"one\",\"x\":"
                + "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
        return List.of(FuzzTarget.input(0, base64(header) + "." + base64(claims) + ".AAAA"),
                FuzzTarget.input(1, claims), FuzzTarget.input(2, rsa),
                FuzzTarget.input(2, okp), FuzzTarget.input(2, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"),
                FuzzTarget.input(0, base64("{\"alg\":\"none\"}") + "." + base64(claims) + "."),
                FuzzTarget.input(0,
                        base64("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"zip\":\"DEF\"}") + "..AAAA.AAAA.AAAA"),
                FuzzTarget.input(3, header + "\0" + claims),
                FuzzTarget.input(3, "{\"alg\":\"ES256\",\"cty\":\"JWT\",\"crit\":[\"exp\"],\"b64\":false}\0" + claims));
    }

    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 16L * 1024 * 1024 + 2_000L * inputBytes;
    }

    @Override
    public int maxInputBytes() {
        return 8 * 1024;
    }
}
