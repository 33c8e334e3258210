package io.girok.metadata;

import io.girok.base.TopicId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads what [FieldWriter] wrote; every count is checked against what is left before memory is reserved.
/// Owned by its maker.
final class FieldReader {
    private final ByteBuffer buffer;

    FieldReader(byte[] bytes) {
        this.buffer = ByteBuffer.wrap(bytes);
    }

    private void need(int count) {
        if (count < 0 || buffer.remaining() < count) {
            throw new UnreadableMetadata(
                    "a field of " + count + " bytes at position " + buffer.position() + ", " + buffer.remaining()
                            + " bytes are left");
        }
    }

    byte int8() {
        need(Byte.BYTES);
        return buffer.get();
    }

    int int32() {
        need(Integer.BYTES);
        return buffer.getInt();
    }

    long int64() {
        need(Long.BYTES);
        return buffer.getLong();
    }

    boolean bool() {
        return int8() != 0;
    }

    TopicId id() {
        return new TopicId(int64(), int64());
    }

    String text() {
        return textOf(int32());
    }

    @Nullable
    String optionalText() {
        int length = int32();
        return length == -1 ? null : textOf(length);
    }

    private String textOf(int length) {
        return new String(bytesOf(length), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return bytesOf(int32());
    }

    private byte[] bytesOf(int length) {
        need(length);
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    <T> List<T> list(Function<FieldReader, T> element) {
        int count = int32();
        need(count);
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(element.apply(this));
        }
        return values;
    }

    void end() {
        if (buffer.hasRemaining()) {
            throw new UnreadableMetadata(buffer.remaining() + " bytes after the last field");
        }
    }
}
