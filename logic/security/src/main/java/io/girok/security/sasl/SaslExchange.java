package io.girok.security.sasl;

/// One client's attempt to show who it is by one mechanism, at the server. Owned by its connection.
public interface SaslExchange {
    /// What the server does next.
    sealed interface Step {
        /// The client has more to say.
        record Continue(byte[] challenge) implements Step {}

        /// The client is `user`.
        ///
        /// @param expiresMs when what it has shown ends, by the wall clock; [Long#MAX_VALUE]: never
        record Done(byte[] answer, String user, long expiresMs) implements Step {}

        /// The client is nobody. What was wrong is for the server's own log.
        record Failed(String reason) implements Step {}
    }

    /// Takes the client's next message, which may be anything.
    Step take(byte[] message);
}
