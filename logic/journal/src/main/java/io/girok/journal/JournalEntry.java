package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// What the journal has for a partition from before the start. Immutable; the file stays until it is released.
///
/// @param isGap whether the journal has nothing of these offsets: there was no room, and nobody was told that they are
/// durable before the log itself was synced
/// @param endOffset what follows the last offset that counts; the bytes may go on
public record JournalEntry(Disk disk, Path file, long position, int sizeInBytes, long baseOffset, long endOffset,
        boolean isGap) {
    /// The bytes as they were appended.
    public ByteBuffer read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(sizeInBytes);
        try (DiskFile open = disk.open(file, Disk.Access.READ)) {
            open.read(bytes, position);
        }
        if (bytes.hasRemaining()) {
            throw new IOException("journal '" + file + "' has lost " + bytes.remaining() + " bytes before position "
                    + (position + sizeInBytes));
        }
        return bytes.flip();
    }

    /// Whether it is in a file that goes once the log has it: another crash would not find it again.
    public boolean isInCopy() {
        return String.valueOf(file.getFileName()).startsWith(JournalCopy.FILE);
    }

    JournalEntry upTo(long offset) {
        return new JournalEntry(disk, file, position, sizeInBytes, baseOffset, Math.min(endOffset, offset),
                isGap);
    }
}
