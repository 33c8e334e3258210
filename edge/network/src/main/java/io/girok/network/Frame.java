package io.girok.network;

import io.girok.base.Invariant;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The bytes of one request, in one stretch of direct memory that grows as they arrive. Owned by the connection's
/// loop until it is complete, by the handler until the answer, released once.
///
/// The whole length is reserved at once for tiny frames, and for modest ones while memory is plenty. Otherwise the
/// room begins small and doubles, by a copy, so that it never exceeds twice what has arrived.
final class Frame {
    private static final int FIRST_BYTES_TIGHT = 64 * 1024;

    private final RequestMemory memory;
    private final FrameClaim claim;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf buffer;
    private int grantedBytes;

    Frame(int lengthBytes, RequestMemory memory, ByteBufAllocator allocator, FrameClaim.Owner owner) {
        this.memory = memory;
        this.allocator = allocator;
        this.claim = memory.open(lengthBytes, owner);
    }

    int lengthBytes() {
        return claim.announcedBytes;
    }

    int receivedBytes() {
        return claim.receivedBytes();
    }

    boolean isComplete() {
        return receivedBytes() == lengthBytes();
    }

    /// Bytes that can be added without asking for memory.
    int room() {
        return buffer == null ? 0 : buffer.capacity() - receivedBytes();
    }

    /// Makes room for at least one more byte; false when the frame has to wait for memory.
    boolean makeRoom() {
        if (0 < room()) {
            return true;
        }
        int capacity = nextCapacity();
        if (!memory.acquire(claim, capacity)) {
            grantedBytes = capacity;
            return false;
        }
        growTo(capacity);
        return true;
    }

    /// Uses the memory that [#makeRoom] waited for.
    void useGranted() {
        growTo(grantedBytes);
    }

    private int nextCapacity() {
        if (buffer != null) {
            return (int) Math.min(lengthBytes(), 2L * buffer.capacity());
        }
        if (claim.kind == FrameKind.TINY) {
            return lengthBytes();
        }
        return Math.min(lengthBytes(), memory.isTight() ? FIRST_BYTES_TIGHT : FrameKind.MODEST_BYTES);
    }

    private void growTo(int capacity) {
        ByteBuf grown = allocator.directBuffer(capacity, capacity);
        ByteBuf old = buffer;
        buffer = grown;
        if (old != null) {
            grown.writeBytes(old, 0, receivedBytes());
            int oldCapacity = old.capacity();
            old.release();
            memory.release(claim, oldCapacity);
        }
    }

    /// Takes over as much of `input` as there is room for.
    void append(ByteBuf input) {
        int count = Math.min(input.readableBytes(), room());
        bytes().setBytes(receivedBytes(), input, count);
        advance(count);
    }

    /// A window on the free room, for the socket to read into; retained for its receiver.
    ByteBuf window() {
        return bytes().retainedSlice(receivedBytes(), room()).writerIndex(0);
    }

    /// Counts bytes that were written into a window.
    void advance(int count) {
        claim.received(receivedBytes() + count);
        if (isComplete()) {
            memory.complete(claim);
        }
    }

    ByteBuffer toNioBuffer() {
        return bytes().nioBuffer(0, lengthBytes());
    }

    /// From any thread, once.
    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        memory.close(claim);
    }

    private ByteBuf bytes() {
        if (buffer == null) {
            throw Invariant.violated("a frame is used before it has memory or after its release");
        }
        return buffer;
    }
}
