package io.girok.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.jspecify.annotations.Nullable;

/// A frame as the generated message classes read it, with a bound on the elements they may create from it. Not
/// thread-safe.
///
/// The generated code reads the length of an array and then compares it with [#remaining] before it reserves anything.
/// That is the moment at which the length, the last number read, is taken off the budget.
final class FrameReadable extends ByteBufferAccessor {
    private final int maxArrayLength;
    private int elementsLeft;
    private int lastLength;

    /// @param maxElements of all arrays together
    /// @param maxArrayLength elements of one array
    FrameReadable(ByteBuffer frame, int maxElements, int maxArrayLength) {
        super(frame);
        this.maxArrayLength = maxArrayLength;
        this.elementsLeft = maxElements;
    }

    @Override
    public int readInt() {
        lastLength = super.readInt();
        return lastLength;
    }

    @Override
    public int readUnsignedVarint() {
        lastLength = super.readUnsignedVarint();
        return lastLength;
    }

    @Override
    public int remaining() {
        int length = Math.max(0, lastLength);
        lastLength = 0;
        charge(length, maxArrayLength);
        return super.remaining();
    }

    private void charge(int length, int max) {
        if (elementsLeft < length || max < length) {
            throw new IllegalArgumentException("the request has more elements than its limit");
        }
        elementsLeft -= length;
    }

    /// The length of an array that must not be null; at least so many bytes are left.
    int readArrayLength(boolean isFlexible, int max) {
        int length = isFlexible ? super.readUnsignedVarint() - 1 : super.readInt();
        checkLeft(length);
        charge(length, max);
        return length;
    }

    @Nullable
    String readNullableString(boolean isFlexible) {
        int length = isFlexible ? super.readUnsignedVarint() - 1 : super.readShort();
        return length == -1 ? null : readString(length);
    }

    /// Steps over the fields of versions to come at the end of a structure that has no others.
    void skipTaggedFields(boolean isFlexible) {
        int count = isFlexible ? super.readUnsignedVarint() : 0;
        checkLeft(count);
        for (int i = 0; i < count; i++) {
            super.readUnsignedVarint();
            int size = super.readUnsignedVarint();
            checkLeft(size);
            buffer().position(buffer().position() + size);
        }
    }

    @Override
    public byte[] readArray(int length) {
        checkLeft(length);
        return super.readArray(length);
    }

    @Override
    public ByteBuffer readByteBuffer(int length) {
        checkLeft(length);
        return super.readByteBuffer(length);
    }

    /// Steps over a field of a version to come; nothing here would read it, so it takes no memory.
    @Override
    public List<RawTaggedField> readUnknownTaggedField(@Nullable List<RawTaggedField> fields, int tag, int size) {
        checkLeft(size);
        buffer().position(buffer().position() + size);
        return fields == null ? new ArrayList<>(0) : fields;
    }

    @Override
    public Readable slice() {
        return new FrameReadable(buffer().slice(), elementsLeft, maxArrayLength);
    }

    private void checkLeft(int length) {
        if (length < 0 || buffer().remaining() < length) {
            throw new IllegalArgumentException("a length points beyond the frame");
        }
    }
}
