package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// The part of a file that is in memory while the file is read from its beginning to its end: as much as is asked for
/// at one go, and a bit more. Used by one thread; its memory serves one file after the other.
final class FileWindow {
    private static final int READ_BYTES = 1024 * 1024;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private long begin;

    /// Nothing is in memory of the file that is read next.
    void reset() {
        bytes.clear().limit(0);
        begin = 0;
    }

    /// What the file has from `position` on, `length` bytes or fewer if it ends. Valid until the next call.
    ByteBuffer at(DiskFile file, long position, int length) throws IOException {
        if (position < begin || begin + bytes.limit() < position + length) {
            fill(file, position, length);
        }
        int from = (int) (position - begin);
        return bytes.slice(from, Math.min(length, bytes.limit() - from));
    }

    private void fill(DiskFile file, long position, int length) throws IOException {
        int wanted = Math.max(length, READ_BYTES);
        if (bytes.capacity() < wanted) {
            bytes = ByteBuffer.allocate(wanted);
        }
        bytes.clear();
        file.read(bytes, position);
        bytes.flip();
        begin = position;
    }

    /// The first bytes of a file.
    static ByteBuffer head(Disk disk, Path path, int length) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(length);
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            file.read(head, 0);
        }
        return head.flip();
    }
}
