package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// OAUTHBEARER (RFC 7628, KIP-255): `n,[a=user],^Aauth=Bearer token^A[extensions]^A`. Owned by its connection.
final class OauthExchange implements SaslExchange {
    private static final Pattern FORM = Pattern.compile(
            "n,(?:a=(?<user>[^,\\x01]*))?,\\x01(?:[A-Za-z]+=[^\\x01]*\\x01)*?"
                    + "auth=(?i:Bearer) +(?<token>[-_.A-Za-z0-9~+/]+=*)\\x01(?:[A-Za-z]+=[^\\x01]*\\x01)*+\\x01");
    private static final byte[] INVALID_TOKEN = "{\"status\":\"invalid_token\"}".getBytes(UTF_8);

    private final TokenVerifier verifier;
    private String failure = "";

    OauthExchange(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public Step take(byte[] message) {
        if (!failure.isEmpty()) {
            return new Step.Failed(failure);
        }
        Matcher form = FORM.matcher(new String(message, UTF_8));
        if (!form.matches()) {
            return new Step.Failed("an OAUTHBEARER message without a token");
        }
        return switch (verifier.verify(form.group("token"))) {
            case TokenVerifier.Verdict.Valid(String user, long expiresMs) -> {
                String actsFor = form.group("user");
                yield actsFor == null || actsFor.isEmpty() || actsFor.equals(user)
                        ? new Step.Done(new byte[0], user, expiresMs)
                        : new Step.Failed("a user wants to act for another one");
            }
            case TokenVerifier.Verdict.Invalid(String reason) -> {
                // The client is told first, and takes its leave (RFC 7628, 3.2.3).
                failure = reason;
                yield new Step.Continue(INVALID_TOKEN);
            }
        };
    }
}
