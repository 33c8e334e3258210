package io.girok.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Where the generated message classes write an answer to: small things into one buffer, large ones as chunks between.
/// Not thread-safe.
final class ChunkWritable extends ByteBufferAccessor {
    private final ByteBuffer own;
    private final List<EncodedResponse.Chunk> chunks = new ArrayList<>(1);
    private int chunkStart;
    private int foreignBytes;

    ChunkWritable(ByteBuffer own) {
        super(own);
        this.own = own;
    }

    /// Called for fields whose bytes are not copied.
    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        add(new EncodedResponse.Chunk.Memory(bytes.duplicate()), bytes.remaining());
    }

    @Override
    public void writeRecords(@Nullable BaseRecords records) {
        switch (records) {
            case null -> {
            }
            case SlicedRecords sliced -> sliced.parts().forEach(this::writePart);
            case MemoryRecords memory -> writeByteBuffer(memory.buffer());
            default -> throw new IllegalArgumentException(
                    "records of " + records.getClass() + " can't be sent: use SlicedRecords or MemoryRecords");
        }
    }

    EncodedResponse finish() {
        endOwnChunk();
        return new EncodedResponse(own, chunks, own.position() + foreignBytes);
    }

    private void writePart(SlicedRecords.Part part) {
        switch (part) {
            case SlicedRecords.Part.InFile(var slice) ->
                add(new EncodedResponse.Chunk.InFile(slice), slice.size());
            case SlicedRecords.Part.InMemory(var bytes) -> writeByteBuffer(bytes);
        }
    }

    private void add(EncodedResponse.Chunk chunk, int size) {
        endOwnChunk();
        chunks.add(chunk);
        foreignBytes += size;
    }

    private void endOwnChunk() {
        if (chunkStart < own.position()) {
            chunks.add(new EncodedResponse.Chunk.Own(chunkStart, own.position()));
            chunkStart = own.position();
        }
    }
}
