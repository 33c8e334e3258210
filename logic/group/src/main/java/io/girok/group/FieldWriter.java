package io.girok.group;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes the fields of a record in Kafka's encoding. Not thread-safe.
final class FieldWriter {
    private static final int MAX_SHORT_STRING_BYTES = Short.MAX_VALUE;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    FieldWriter int16(int value) {
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    FieldWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    FieldWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    FieldWriter string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (MAX_SHORT_STRING_BYTES < bytes.length) {
            throw new IllegalArgumentException("a string of " + bytes.length + " bytes does not fit into a record");
        }
        int16(bytes.length).out.writeBytes(bytes);
        return this;
    }

    FieldWriter nullableString(@Nullable String value) {
        return value == null ? int16(-1) : string(value);
    }

    FieldWriter bytes(Bytes value) {
        int32(value.size()).out.writeBytes(value.toArray());
        return this;
    }

    FieldWriter compactString(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        unsignedVarint(bytes.length + 1).out.writeBytes(bytes);
        return this;
    }

    FieldWriter unsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return this;
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
