package io.girok.network;

import io.girok.base.FileSlice;
import io.girok.wire.EncodedResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// An answer of which what lies in files passes through memory: to be encrypted, in small parts, each only when the
/// socket can take it; or because it is so little. Owned by the connection's loop.
final class AnswerInParts {
    private static final int PART_BYTES = 64 * 1024;

    private final Channel channel;
    private final ChannelPromise sent;
    /// Buffers and file slices, owned until they are written.
    private final Queue<Object> left = new ArrayDeque<>();
    private int slicePosition;

    /// @param own the buffer of the answer's own bytes, of which each chunk takes a reference
    AnswerInParts(Channel channel, List<EncodedResponse.Chunk> chunks, ByteBuf own, ChannelPromise sent) {
        this.channel = channel;
        this.sent = sent;
        for (EncodedResponse.Chunk chunk : chunks) {
            left.add(switch (chunk) {
                case EncodedResponse.Chunk.Own(int from, int to) -> own.retainedSlice(from, to - from);
                case EncodedResponse.Chunk.Memory(var bytes) -> Unpooled.wrappedBuffer(bytes);
                case EncodedResponse.Chunk.InFile(var slice) -> slice;
            });
        }
    }

    boolean isWritten() {
        return left.isEmpty();
    }

    /// Writes the next part, and says how many bytes that were.
    ///
    /// @throws IOException when a file can't be read
    int writeNext() throws IOException {
        Object next = left.element();
        ByteBuf part = next instanceof FileSlice slice ? nextOf(slice) : (ByteBuf) left.remove();
        int size = part.readableBytes();
        var _ = channel.write(part, left.isEmpty() ? sent : channel.voidPromise());
        return size;
    }

    private ByteBuf nextOf(FileSlice slice) throws IOException {
        int size = Math.min(PART_BYTES, slice.size() - slicePosition);
        ByteBuf part = channel.alloc().directBuffer(size, size);
        boolean isRead = false;
        try {
            ByteBuffer bytes = part.nioBuffer(0, size);
            while (bytes.hasRemaining()) {
                int count = slice.read(bytes, slicePosition);
                if (count <= 0) {
                    throw new EOFException("a file ends at position " + (slice.position() + slicePosition) + ", "
                            + (slice.size() - slicePosition) + " bytes before the end of what is being sent from it");
                }
                slicePosition += count;
            }
            isRead = true;
        } finally {
            if (!isRead) {
                part.release();
            }
        }
        if (slicePosition == slice.size()) {
            left.remove();
            slice.release();
            slicePosition = 0;
        }
        return part.writerIndex(size);
    }

    /// Drops what nobody will get.
    void discard() {
        for (Object each : left) {
            if (each instanceof FileSlice slice) {
                slice.release();
            } else {
                ((ByteBuf) each).release();
            }
        }
        left.clear();
    }
}
