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
    private int elementsLeft;
    private int lastLength;

    FrameReadable(ByteBuffer frame, int maxElements) {
        super(frame);
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
        if (elementsLeft < length) {
            throw new IllegalArgumentException("the request has more elements than its limit");
        }
        elementsLeft -= length;
        return super.remaining();
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
        return new FrameReadable(buffer().slice(), elementsLeft);
    }

    private void checkLeft(int length) {
        if (length < 0 || buffer().remaining() < length) {
            throw new IllegalArgumentException("a length points beyond the frame");
        }
    }
}
