package io.girok.group;

import io.girok.coordinator.UnreadableRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the fields of a record in Kafka's encoding; every length is checked before it is used. Not thread-safe.
final class FieldReader {
    private final ByteBuffer buffer;
    private final boolean isFlexible;

    /// @param isFlexible whether lengths are unsigned varints plus one, and tagged fields end each structure (KIP-482)
    FieldReader(ByteBuffer buffer, boolean isFlexible) {
        this.buffer = buffer;
        this.isFlexible = isFlexible;
    }

    int int32() {
        need(4);
        return buffer.getInt();
    }

    long int64() {
        need(8);
        return buffer.getLong();
    }

    String string() {
        String text = nullableString();
        if (text == null) {
            throw new UnreadableRecord("null where a string must be");
        }
        return text;
    }

    @Nullable
    String nullableString() {
        int size = isFlexible ? unsignedVarint() - 1 : shortSize();
        return size < 0 ? null : new String(take(size), StandardCharsets.UTF_8);
    }

    Bytes bytes() {
        int size = isFlexible ? unsignedVarint() - 1 : int32();
        if (size < 0) {
            throw new UnreadableRecord("null where bytes must be");
        }
        return Bytes.of(take(size));
    }

    /// @param minElementBytes what each element takes at least
    int arraySize(int minElementBytes) {
        int count = isFlexible ? unsignedVarint() - 1 : int32();
        if (count < 0 || buffer.remaining() / minElementBytes < count) {
            throw new UnreadableRecord(count + " elements in " + buffer.remaining() + " bytes");
        }
        return count;
    }

    int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            need(1);
            byte next = buffer.get();
            value |= (next & 0x7f) << shift;
            if (0 <= next) {
                return value;
            }
        }
        throw new UnreadableRecord("a number of more than five bytes");
    }

    /// Hands every tagged field to `field`, which reads its bytes from a reader of its own.
    void taggedFields(TaggedField field) {
        if (!isFlexible) {
            return;
        }
        int count = unsignedVarint();
        if (count < 0 || buffer.remaining() < count) {
            throw new UnreadableRecord(count + " tagged fields in " + buffer.remaining() + " bytes");
        }
        for (int i = 0; i < count; i++) {
            int tag = unsignedVarint();
            ByteBuffer bytes = ByteBuffer.wrap(take(unsignedVarint()));
            field.read(tag, new FieldReader(bytes, true));
        }
    }

    void skipTaggedFields() {
        taggedFields((_, _) -> {});
    }

    /// What is done with a tagged field.
    @FunctionalInterface
    interface TaggedField {
        void read(int tag, FieldReader reader);
    }

    private int shortSize() {
        need(2);
        return buffer.getShort();
    }

    private byte[] take(int size) {
        if (size < 0) {
            throw new UnreadableRecord("a length of " + size);
        }
        need(size);
        byte[] bytes = new byte[size];
        buffer.get(bytes);
        return bytes;
    }

    private void need(int size) {
        if (buffer.remaining() < size) {
            throw new UnreadableRecord(size + " bytes wanted, " + buffer.remaining() + " left");
        }
    }
}
