package io.girok.security.sasl;

/// Says whose a bearer token is. Thread-safe, and does not block.
public interface TokenVerifier {
    /// What a token shows.
    sealed interface Verdict {
        /// @param expiresMs by the wall clock
        record Valid(String user, long expiresMs) implements Verdict {}

        /// The keys to check it with are not known yet.
        record NotYet() implements Verdict {}

        record Invalid(String reason) implements Verdict {}
    }

    Verdict verify(String token);
}
