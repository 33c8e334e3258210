package io.girok.security.sasl;

import io.girok.base.Clock;
import io.girok.security.SaslSettings.TokenSettings;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;

/// Checks bearer tokens that are JSON web tokens (RFC 7519): who signed them, for whom, by whom, until when.
/// Thread-safe; whoever reads the keys from where they are hands them in.
public final class JwtVerifier implements TokenVerifier {
    /// Signatures of a key pair only: who can check a token must not be able to make one. `none` is not among them.
    private static final AlgorithmConstraints SIGNATURES = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384, AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256, AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512, AlgorithmIdentifiers.EDDSA);
    private static final int TOKEN_MAX_CHARS = 64 * 1024;

    private final TokenSettings settings;
    private final Clock clock;
    private volatile List<JsonWebKey> keys = List.of();
    private volatile boolean isKeyMissing;

    public JwtVerifier(TokenSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /// Takes the keys of the issuer from here on.
    ///
    /// @param keySet a JSON web key set (RFC 7517)
    /// @throws IllegalArgumentException when it is none, or has no key
    public void use(String keySet) {
        List<JsonWebKey> read;
        try {
            read = List.copyOf(new JsonWebKeySet(keySet).getJsonWebKeys());
        } catch (JoseException | RuntimeException e) {
            // Where something stands that is no key, the library takes it for one.
            throw new IllegalArgumentException("not a JSON web key set: " + e.getMessage(), e);
        }
        if (read.isEmpty()) {
            throw new IllegalArgumentException("a JSON web key set without keys");
        }
        keys = read;
        isKeyMissing = false;
    }

    /// Whether a token named a key that is not there; the issuer may have new ones.
    public boolean isKeyMissing() {
        return isKeyMissing;
    }

    @Override
    public Verdict verify(String token) {
        if (TOKEN_MAX_CHARS < token.length()) {
            return new Verdict.Invalid("a token of " + token.length() + " characters");
        }
        if (keys.isEmpty()) {
            return new Verdict.NotYet();
        }
        try {
            JwtClaims claims = consumer().build().processToClaims(token);
            String user = claims.getClaimValue(settings.subjectClaim(), String.class);
            if (user == null || user.isBlank()) {
                return new Verdict.Invalid("a token without the claim '" + settings.subjectClaim() + "'");
            }
            return new Verdict.Valid(user, claims.getExpirationTime().getValueInMillis());
        } catch (InvalidJwtException e) {
            noteMissingKey(e);
            return new Verdict.Invalid("token refused: " + reason(e));
        } catch (MalformedClaimException | ArithmeticException e) {
            // Or an end further away than milliseconds reach.
            return new Verdict.Invalid("a token whose claims are malformed");
        }
    }

    /// The exception's own text has the token's claims in it.
    private static String reason(InvalidJwtException e) {
        List<Integer> codes = e.getErrorDetails().stream().map(ErrorCodeValidator.Error::getErrorCode).toList();
        return e.hasExpired() ? "expired" : "not valid (codes " + codes + ")";
    }

    private JwtConsumerBuilder consumer() {
        JwtConsumerBuilder consumer = new JwtConsumerBuilder()
                .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys))
                .setJwsAlgorithmConstraints(SIGNATURES)
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.wallMs()))
                .setAllowedClockSkewInSeconds(settings.clockSkewSeconds());
        if (settings.audience().isEmpty()) {
            consumer.setSkipDefaultAudienceValidation();
        } else {
            consumer.setExpectedAudience(settings.audience().toArray(String[]::new));
        }
        settings.issuer().ifPresent(consumer::setExpectedIssuer);
        return consumer;
    }

    private void noteMissingKey(InvalidJwtException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvableKeyException) {
                isKeyMissing = true;
            }
        }
    }
}
