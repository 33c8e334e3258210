package io.girok.metadata;

import io.girok.base.TopicId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Writes the fields of metadata records: big-endian numbers, texts and lists with their count before them.
/// Owned by its maker.
final class FieldWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    private final DataOutputStream out = new DataOutputStream(bytes);

    private interface Write {
        void run() throws IOException;
    }

    private FieldWriter write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return this;
    }

    FieldWriter int8(int value) {
        return write(() -> out.writeByte(value));
    }

    FieldWriter int32(int value) {
        return write(() -> out.writeInt(value));
    }

    FieldWriter int64(long value) {
        return write(() -> out.writeLong(value));
    }

    FieldWriter bool(boolean value) {
        return int8(value ? 1 : 0);
    }

    FieldWriter id(TopicId value) {
        return int64(value.high()).int64(value.low());
    }

    FieldWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    FieldWriter bytes(byte[] value) {
        return int32(value.length).write(() -> out.write(value));
    }

    FieldWriter optionalText(@Nullable String value) {
        return value == null ? int32(-1) : text(value);
    }

    <T> FieldWriter list(List<T> values, BiConsumer<FieldWriter, T> element) {
        int32(values.size());
        for (T value : values) {
            element.accept(this, value);
        }
        return this;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
