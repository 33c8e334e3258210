package io.girok.security.sasl;

/// How this node shows another one who it is. Owned by its connection.
public interface SaslClient {
    String mechanism();

    /// What to say first.
    byte[] first();

    /// What to say next; empty when there is nothing more to say.
    ///
    /// @throws SaslRefused when the other end does not show that it knows the password as well
    byte[] answer(byte[] challenge) throws SaslRefused;

    /// Whether both ends have shown all they have to show.
    boolean isDone();
}
