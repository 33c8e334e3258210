package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.util.Map;

/// PLAIN (RFC 4616): `[authorization id] NUL user NUL password`. Owned by its connection.
final class PlainExchange implements SaslExchange {
    private final Map<String, Secret> passwords;

    PlainExchange(Map<String, Secret> passwords) {
        this.passwords = passwords;
    }

    @Override
    public Step take(byte[] message) {
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException e) {
            return new Step.Failed("a PLAIN message is not UTF-8");
        }
        String[] parts = text.split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
            return new Step.Failed("a PLAIN message does not have a user and a password");
        }
        String user = parts[1];
        Secret known = passwords.get(user);
        // An unknown user takes the same comparison as a known one.
        boolean isRight = MessageDigest.isEqual(digest(known == null ? "" : known.reveal()), digest(parts[2]));
        if (known == null || !isRight) {
            return new Step.Failed("unknown user or wrong password");
        }
        if (!parts[0].isEmpty() && !parts[0].equals(user)) {
            return new Step.Failed("a user wants to act for another one");
        }
        return new Step.Done(new byte[0], user, false, Long.MAX_VALUE);
    }

    /// Of equal length, so that the comparison tells nothing of the passwords' lengths.
    private static byte[] digest(String password) {
        return ScramMechanism.SHA_256.hash(password.getBytes(UTF_8));
    }
}
