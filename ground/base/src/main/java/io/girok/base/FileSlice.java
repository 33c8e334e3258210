package io.girok.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/// A region of an open file that an answer is made of: the network sends it without copying it through the heap.
///
/// Holds the file open until [#release]; whoever takes the slice over releases it once, also when sending fails.
/// Not thread-safe; handed from the shard to the connection.
public final class FileSlice {
    private final DiskFile file;
    private final long position;
    private final int size;
    private final Runnable onRelease;
    private boolean released;

    /// @param position where the region begins in the file
    /// @param size bytes
    /// @param onRelease gives the file handle back
    public FileSlice(DiskFile file, long position, int size, Runnable onRelease) {
        Invariant.check(0 <= position && 0 <= size, "a file slice needs position and size >= 0");
        this.file = file;
        this.position = position;
        this.size = size;
        this.onRelease = onRelease;
    }

    /// Bytes.
    public int size() {
        return size;
    }

    /// Where the region begins in the file.
    public long position() {
        return position;
    }

    /// See [DiskFile#channel].
    public @Nullable SeekableByteChannel channel() {
        Invariant.check(!released, "file slice used after its release");
        return file.channel();
    }

    /// Sends up to `count` bytes from `from` (0 = the slice's first byte); answers the bytes sent.
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        Invariant.check(!released, "file slice used after its release");
        return file.transferTo(position + from, Math.min(count, size - from), target);
    }

    /// Reads from `from` (0 = the slice's first byte) until `into` is full or the slice ends; answers the bytes read.
    public int read(ByteBuffer into, int from) throws IOException {
        Invariant.check(!released, "file slice used after its release");
        int wanted = Math.min(into.remaining(), size - from);
        if (wanted == into.remaining()) {
            return file.read(into, position + from);
        }
        int limit = into.limit();
        into.limit(into.position() + wanted);
        int count = file.read(into, position + from);
        into.limit(limit);
        return count;
    }

    /// Gives the file handle back; further calls do nothing.
    public void release() {
        if (!released) {
            released = true;
            onRelease.run();
        }
    }
}
