package io.girok.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Text of which no more is kept than it takes to tell it from others. Stateless.
public final class DistinctText {
    private static final String DIGEST = "SHA-256";
    private static final int DIGEST_BYTES = 32;
    private static final String CUT = "...";
    /// So much longer than asked for may a shortened text be.
    public static final int MAX_ADDED_CHARACTERS = CUT.length() + 2 * DIGEST_BYTES;

    private DistinctText() {}

    /// The text as it is; if it is longer than `maxCharacters`, so much of its beginning, and a digest of the whole. No
    /// two texts become the same.
    public static String of(String text, int maxCharacters) {
        return text.length() <= maxCharacters ? text : text.substring(0, maxCharacters) + CUT + digest(text);
    }

    private static String digest(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance(DIGEST).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + DIGEST, e);
        }
    }
}
