package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

/// OAUTHBEARER (RFC 7628, KIP-255): `n,[a=user],^Aauth=Bearer token^A[extensions]^A`. Owned by its connection.
final class OauthExchange implements SaslExchange {
    private static final String END = "\1";
    private static final String TOKEN_PREFIX = "auth=bearer ";
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
        String text = new String(message, UTF_8);
        int headerEnd = text.indexOf(END);
        String token = headerEnd < 0 || !text.endsWith(END + END) ? "" : token(text.substring(headerEnd + 1));
        String[] header = text.substring(0, Math.max(0, headerEnd)).split(",", -1);
        if (token.isEmpty() || header.length != 3 || !header[0].equals("n") || !header[2].isEmpty()
                || !(header[1].isEmpty() || header[1].startsWith("a="))) {
            return new Step.Failed("an OAUTHBEARER message without a token");
        }
        String actsFor = header[1].isEmpty() ? "" : header[1].substring(2);
        return switch (verifier.verify(token)) {
            case TokenVerifier.Verdict.Valid(String user, long expiresMs) ->
                actsFor.isEmpty() || actsFor.equals(user)
                        ? new Step.Done(new byte[0], user, false, expiresMs)
                        : new Step.Failed("a user wants to act for another one");
            case TokenVerifier.Verdict.NotYet() -> new Step.NotYet();
            case TokenVerifier.Verdict.Invalid(String reason) -> {
                // The client is told first, and takes its leave (RFC 7628, 3.2.3).
                failure = reason;
                yield new Step.Continue(INVALID_TOKEN);
            }
        };
    }

    /// The one token among attributes with an end each; empty when there is none.
    private static String token(String attributes) {
        String token = "";
        for (String attribute : attributes.split(END, -1)) {
            if (attribute.regionMatches(true, 0, TOKEN_PREFIX, 0, TOKEN_PREFIX.length())) {
                token = attribute.substring(TOKEN_PREFIX.length()).strip();
            }
        }
        return token;
    }
}
