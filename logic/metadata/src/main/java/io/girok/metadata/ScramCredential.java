package io.girok.metadata;

import java.util.Arrays;

/// What is remembered of a user's password to know it again by SCRAM; the password can only be guessed from it.
/// Immutable, as long as nobody writes into its arrays. Never shown.
///
/// @param iterations how often the password was hashed
@SuppressWarnings("ArrayRecordComponent") // compared by what is in them, below
public record ScramCredential(byte[] salt, byte[] storedKey, byte[] serverKey, int iterations) {
    @Override
    public boolean equals(Object other) {
        return other instanceof ScramCredential that && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && Arrays.equals(storedKey, that.storedKey)
                && Arrays.equals(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(storedKey);
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
