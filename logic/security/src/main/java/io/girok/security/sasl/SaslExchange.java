package io.girok.security.sasl;

/// One client's attempt to show who it is by one mechanism, at the server. Owned by its connection.
public interface SaslExchange {
    /// What the server does next. Bytes in it are handed over.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    sealed interface Step {
        /// The client has more to say.
        record Continue(byte[] challenge) implements Step {}

        /// The client is `user`.
        ///
        /// @param isByToken whether it has shown a delegation token, which must not be good for making others
        /// @param expiresMs when what it has shown ends, by the wall clock; [Long#MAX_VALUE]: never
        record Done(byte[] answer, String user, boolean isByToken, long expiresMs) implements Step {}

        /// Who is known is not known yet, at a start: the same message is to come again later.
        record NotYet() implements Step {}

        /// The client is nobody. What was wrong is for the server's own log.
        record Failed(String reason) implements Step {}
    }

    /// Takes the client's next message, which may be anything.
    Step take(byte[] message);
}
