package io.girok.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Text as bytes. Stateless.
final class Texts {
    private Texts() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
