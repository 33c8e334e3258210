package io.girok.wire;

import io.girok.base.FileSlice;
import java.nio.ByteBuffer;
import java.util.List;

/// An answer ready to be sent: a row of chunks, length prefix first. Not thread-safe; whoever sends it releases the
/// file slices, each after it was sent, or all of them by [#release].
///
/// @param own the memory that the encoder reserved and the [Chunk.Own] chunks lie in
/// @param sizeInBytes of all chunks together
public record EncodedResponse(ByteBuffer own, List<Chunk> chunks, int sizeInBytes) {
    /// A stretch of the answer.
    public sealed interface Chunk {
        /// From `from` to `to` (not included) of [#own].
        record Own(int from, int to) implements Chunk {}

        /// Memory that belongs to somebody else and stays as it is while it is sent.
        record Memory(ByteBuffer bytes) implements Chunk {}

        /// A region of a file.
        record InFile(FileSlice slice) implements Chunk {}
    }

    /// Gives the file handles back; does nothing to slices that are released already.
    public void release() {
        for (Chunk chunk : chunks) {
            if (chunk instanceof Chunk.InFile(FileSlice slice)) {
                slice.release();
            }
        }
    }
}
