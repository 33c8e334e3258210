package io.girok.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Cuts what a connection sends into frames. Owned by the connection's loop.
final class FrameIntake {
    /*
     *            prefix whole, first byte there               all bytes there
     *  PREFIX -----------------------------------> BODY --------------------------> PREFIX
     *    |  ^                                      |  ^
     *    |  | owner takes frames again             |  | memory granted
     *    v  |                                      v  |
     *  (owner takes no frames: not reading)      (frame waits for memory: not reading)
     *
     * A length prefix alone costs nothing. Bytes that were read but can't be placed while not reading are kept as
     * leftover, at most a socket read of 8 KiB. In BODY the socket reads straight into the frame (nextReadBuffer).
     */
    private static final int READ_BYTES = 8 * 1024;

    /// The connection.
    interface Owner extends FrameClaim.Owner {
        /// Whether it takes another frame now; otherwise it calls [#resume] when it does.
        boolean isReady();

        /// Takes the frame over.
        void onFrame(Frame frame);

        /// What was sent can't be a request.
        void onBroken(String reason);

        void setReading(boolean isReading);
    }

    private int requestMaxBytes;
    private final RequestMemory memory;
    private final Owner owner;

    private int prefix;
    private int prefixBytes;
    private @Nullable Frame frame;
    private @Nullable ByteBuf leftover;
    private boolean isReadingIntoFrame;
    private boolean isWaitingForMemory;
    private boolean isConsuming;
    private boolean isClosed;

    FrameIntake(int requestMaxBytes, RequestMemory memory, Owner owner) {
        this.requestMaxBytes = requestMaxBytes;
        this.memory = memory;
        this.owner = owner;
    }

    /// Takes frames of that size from the next one on.
    void limitTo(int requestMaxBytes) {
        this.requestMaxBytes = requestMaxBytes;
    }

    /// Whether a frame was begun and is not whole.
    boolean isMidFrame() {
        return frame != null || 0 < prefixBytes;
    }

    boolean isWaitingForMemory() {
        return isWaitingForMemory;
    }

    /// For a log line: how far the present frame came.
    String describeProgress() {
        return frame == null
                ? prefixBytes + " bytes of a length prefix"
                : frame.receivedBytes() + " of " + frame.lengthBytes() + " bytes";
    }

    /// Where the socket reads to: into the frame where there is one with room.
    ByteBuf nextReadBuffer(ByteBufAllocator allocator) {
        if (frame != null && leftover == null && 0 < frame.room()) {
            isReadingIntoFrame = true;
            return frame.window();
        }
        isReadingIntoFrame = false;
        return allocator.directBuffer(READ_BYTES);
    }

    /// Takes over the buffer of [#nextReadBuffer], with the bytes that the socket read.
    void onRead(ByteBuf input, ByteBufAllocator allocator) {
        if (isReadingIntoFrame) {
            isReadingIntoFrame = false;
            onWindowRead(input);
        } else if (isClosed) {
            input.release();
        } else {
            keep(input, allocator);
            consume(allocator);
        }
    }

    private void onWindowRead(ByteBuf input) {
        int count = input.readableBytes();
        input.release();
        if (!isClosed && frame != null) {
            frame.advance(count);
            deliverIfComplete();
            pauseIfNotReady();
        }
    }

    private void keep(ByteBuf input, ByteBufAllocator allocator) {
        if (leftover == null) {
            leftover = input;
            return;
        }
        ByteBuf both = allocator.directBuffer(leftover.readableBytes() + input.readableBytes());
        both.writeBytes(leftover).writeBytes(input);
        leftover.release();
        input.release();
        leftover = both;
    }

    /// The owner takes frames again.
    void resume(ByteBufAllocator allocator) {
        if (!isClosed && !isConsuming && !isWaitingForMemory && (frame != null || owner.isReady())) {
            owner.setReading(true);
            consume(allocator);
        }
    }

    /// The memory that the frame waited for is there.
    void onMemoryGranted(ByteBufAllocator allocator) {
        if (!isClosed && isWaitingForMemory) {
            isWaitingForMemory = false;
            Objects.requireNonNull(frame).useGranted();
            owner.setReading(true);
            consume(allocator);
        }
    }

    /// Gives everything back; a frame that was handed over is not touched.
    void close() {
        isClosed = true;
        if (frame != null) {
            frame.release();
            frame = null;
        }
        if (!isConsuming) {
            dropLeftover();
        }
    }

    private void consume(ByteBufAllocator allocator) {
        if (isConsuming) {
            return;
        }
        isConsuming = true;
        try {
            boolean isProgressing = true;
            while (isProgressing && !isClosed && leftover != null && leftover.isReadable()) {
                isProgressing = frame == null ? begin(leftover, allocator) : fill(leftover);
            }
        } finally {
            isConsuming = false;
        }
        if (isClosed || leftover == null || !leftover.isReadable()) {
            dropLeftover();
        }
        pauseIfNotReady();
    }

    /// Reads the length prefix; false when no frame can be begun now.
    private boolean begin(ByteBuf input, ByteBufAllocator allocator) {
        if (!owner.isReady()) {
            return false;
        }
        while (prefixBytes < Integer.BYTES && input.isReadable()) {
            prefix = prefix << 8 | input.readUnsignedByte();
            prefixBytes++;
        }
        if (prefixBytes < Integer.BYTES) {
            return false;
        }
        if (prefix <= 0 || requestMaxBytes < prefix) {
            owner.onBroken(describeBadPrefix());
            return false;
        }
        if (input.isReadable()) {
            frame = new Frame(prefix, memory, allocator, owner);
            prefixBytes = 0;
        }
        return true;
    }

    private boolean fill(ByteBuf input) {
        Frame filling = Objects.requireNonNull(frame);
        if (isWaitingForMemory) {
            return false;
        }
        if (!filling.makeRoom()) {
            isWaitingForMemory = true;
            owner.setReading(false);
            return false;
        }
        filling.append(input);
        deliverIfComplete();
        return true;
    }

    private void deliverIfComplete() {
        if (frame != null && frame.isComplete()) {
            Frame whole = frame;
            frame = null;
            owner.onFrame(whole);
        }
    }

    private void pauseIfNotReady() {
        if (!isClosed && frame == null && !owner.isReady()) {
            owner.setReading(false);
        }
    }

    private void dropLeftover() {
        if (leftover != null) {
            leftover.release();
            leftover = null;
        }
    }

    private String describeBadPrefix() {
        String what = prefix <= 0
                ? "a length prefix of " + prefix + " bytes"
                : "a length prefix of " + prefix + " bytes, more than the " + requestMaxBytes + " allowed";
        return switch (prefix >>> 16) {
            case 0x4745, 0x504f, 0x5055, 0x4845, 0x4f50 -> what + " (is it HTTP?)";
            case 0x1603 -> what + " (is it TLS on a plaintext listener?)";
            default -> what;
        };
    }
}
