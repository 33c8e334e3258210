package io.girok.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/// An open file. Reads and syncs are thread-safe; writes have one owner.
public interface DiskFile extends AutoCloseable {
    /// Reads at `position` until `into` is full or the file ends; answers the bytes read, 0 at the end.
    int read(ByteBuffer into, long position) throws IOException;

    /// Writes all of `from` at `position`. A failure may leave a part written.
    void write(ByteBuffer from, long position) throws IOException;

    /// Sends up to `count` bytes from `position` to `target`, by the kernel where it can; answers the bytes sent.
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    /// What the kernel can send from without the bytes passing through the process (a `FileChannel`), for the network;
    /// null when this file has no such thing. Only for reading at a position; never closed by the caller.
    default @Nullable SeekableByteChannel channel() {
        return null;
    }

    /// The size in bytes.
    long size() throws IOException;

    /// Cuts the file to `size` bytes; never makes it longer.
    void truncate(long size) throws IOException;

    /// Puts everything written before the call on stable storage. A failure is final: what was written since the last
    /// successful sync must be taken as lost.
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
