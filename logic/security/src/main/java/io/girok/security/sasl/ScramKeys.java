package io.girok.security.sasl;

/// What a server remembers of a password to know it again; the password can only be guessed from it. Immutable, as long
/// as nobody writes into its arrays.
public record ScramKeys(byte[] salt, byte[] storedKey, byte[] serverKey, int iterations) {
    @Override
    public String toString() {
        return "[hidden]";
    }
}
