package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what a read of old records will touch into the page cache, so that neither the partition's shard waits for
/// the disk when it looks, nor the connection's when the records are sent. Immutable; made on the shard, run on a pool.
public final class ColdRead {
    /*
     * What is read here is thrown away: what is answered is decided by the shard, which reads as ever afterwards. So it
     * does not matter what happens to the log meanwhile. A segment may be deleted, cut, or replaced by the cleaner, or
     * the whole log closed: then this reads what nobody wants any more, or fails, and the shard finds out by itself.
     *
     * The files are opened once more, for reading only: those that the log has open are leased to its shard, and one
     * that is opened for writing is made anew when it has gone.
     *
     * Records could be kept and sent from memory instead. That would be as much memory as slow consumers ask for; the
     * page cache lets go of it by itself.
     */

    /// What was appended last is in the page cache still, unless the machine has no memory to spare. What is further
    /// behind the end of the log than this counts as cold.
    static final long WARM_BYTES = 32L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ColdRead.class);
    private static final int WINDOW_BYTES = 64 * 1024;

    private final Disk disk;
    private final Path directory;
    private final List<Long> baseOffsets;
    private final long offset;
    private final long sizeInBytes;

    /// @param baseOffsets of the segment that holds `offset` and those that follow
    /// @param sizeInBytes about how much is read
    ColdRead(Disk disk, Path directory, List<Long> baseOffsets, long offset, long sizeInBytes) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffsets = List.copyOf(baseOffsets);
        this.offset = offset;
        this.sizeInBytes = sizeInBytes;
    }

    /// Blocks for as long as the disk takes. Never fails.
    public void run() {
        try {
            long left = sizeInBytes - touchFirst(baseOffsets.getFirst());
            for (int i = 1; i < baseOffsets.size() && 0 < left; i++) {
                left -= touch(path(baseOffsets.get(i), FileNames.LOG), 0, left);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("'{}' could not be read ahead from offset {} on: {}", directory, offset, e.getMessage());
        }
    }

    /// The segment's indexes and its last batches, which whoever opens it looks at, and the records; answers how much
    /// of these there is.
    private long touchFirst(long baseOffset) throws IOException {
        LogFile indexFile = file(path(baseOffset, FileNames.OFFSET_INDEX));
        LogFile timeFile = file(path(baseOffset, FileNames.TIME_INDEX));
        try {
            OffsetIndex index = new OffsetIndex(indexFile, baseOffset);
            int position = index.floorPosition(offset);
            new TimeIndex(timeFile, baseOffset).lastTimestamp();
            Path log = path(baseOffset, FileNames.LOG);
            touch(log, index.lastPosition(), WINDOW_BYTES);
            touch(path(baseOffset, FileNames.TRANSACTION_INDEX), 0, WINDOW_BYTES);
            return touch(log, position, sizeInBytes);
        } finally {
            indexFile.close();
            timeFile.close();
        }
    }

    private long touch(Path path, long from, long count) throws IOException {
        LogFile file = file(path);
        try {
            long to = Math.min(file.sizeOnDisk(), from + count);
            ByteBuffer window = ByteBuffer.allocate(Math.clamp(to - from, 0, WINDOW_BYTES));
            for (long position = from; position < to; position += window.position()) {
                window.clear().limit((int) Math.min(window.capacity(), to - position));
                if (file.read(window, position) == 0) {
                    return position - from;
                }
            }
            return Math.max(0, to - from);
        } finally {
            file.close();
        }
    }

    private LogFile file(Path path) {
        return LogFile.forReading(disk, path);
    }

    private Path path(long baseOffset, String ending) {
        return directory.resolve(FileNames.of(baseOffset, ending));
    }
}
