package io.girok.wire;

import org.jspecify.annotations.Nullable;

/// Text that a stranger chose, on its way into a log or a message: client ids, software names, topic names that broke
/// the rules. The one place where it is made harmless.
public final class UntrustedText {
    /// Characters kept; the rest is cut and marked with `...`.
    static final int MAX_CHARACTERS = 100;

    private UntrustedText() {}

    /// The text in single quotes, at most 100 characters of it, with everything but printable ASCII escaped, so that it
    /// can't forge a line, move the cursor or fill the disk.
    public static String quoted(@Nullable String text) {
        return quoted(text, MAX_CHARACTERS);
    }

    /// As [#quoted(String)], with as many characters of the text as `maxCharacters` says.
    public static String quoted(@Nullable String text, int maxCharacters) {
        if (text == null) {
            return "(none)";
        }
        int length = Math.min(text.length(), maxCharacters);
        StringBuilder safe = new StringBuilder(length + 8).append('\'');
        for (int i = 0; i < length; i++) {
            appendSafe(safe, text.charAt(i));
        }
        if (length < text.length()) {
            safe.append("...");
        }
        return safe.append('\'').toString();
    }

    private static void appendSafe(StringBuilder safe, char character) {
        if (character == '\'' || character == '\\') {
            safe.append('\\').append(character);
        } else if (' ' <= character && character < 0x7f) {
            safe.append(character);
        } else {
            safe.append("\\u");
            for (int shift = 12; 0 <= shift; shift -= 4) {
                safe.append(Character.forDigit((character >> shift) & 0xf, 16));
            }
        }
    }
}
