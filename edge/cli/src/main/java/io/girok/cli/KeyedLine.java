package io.girok.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A line as key and value. Immutable, if the arrays are left alone.
final class KeyedLine {
    private final byte @Nullable [] key;
    private final byte[] value;

    private KeyedLine(byte @Nullable [] key, byte[] value) {
        this.key = key;
        this.value = value;
    }

    static KeyedLine withoutKey(byte[] line) {
        return new KeyedLine(null, line);
    }

    /// What is before the first separator is the key; null when there is no separator in the line.
    static @Nullable KeyedLine split(byte[] line, byte[] separator) {
        for (int i = 0; i + separator.length <= line.length; i++) {
            if (Arrays.equals(line, i, i + separator.length, separator, 0, separator.length)) {
                return new KeyedLine(Arrays.copyOf(line, i),
                        Arrays.copyOfRange(line, i + separator.length, line.length));
            }
        }
        return null;
    }

    byte @Nullable [] key() {
        return key;
    }

    byte[] value() {
        return value;
    }
}
