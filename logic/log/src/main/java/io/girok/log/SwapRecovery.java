package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.CorruptLog;
import io.girok.files.FileNames;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finishes what a [SegmentSwap] has begun and undoes what it has not, before the segments of a log are listed. May be
/// done again at any point.
final class SwapRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(SwapRecovery.class);
    private static final String LOG_SWAP = FileNames.LOG + FileNames.SWAP;

    private SwapRecovery() {}

    /// The names in the partition's directory, as they are then.
    static List<String> run(LogEnvironment environment, Path directory) throws IOException {
        Disk disk = environment.disk();
        List<String> names = disk.list(directory);
        if (names.stream().noneMatch(SwapRecovery::isOfSwap)) {
            return names;
        }
        for (String name : names) {
            OptionalLong offset = FileNames.offset(name, LOG_SWAP);
            if (offset.isPresent()) {
                finish(disk, directory, names, offset.getAsLong());
            }
        }
        for (String name : disk.list(directory)) {
            if (isOfSwap(name)) {
                disk.delete(directory.resolve(name));
            }
        }
        return disk.list(directory);
    }

    private static boolean isOfSwap(String name) {
        return name.endsWith(FileNames.CLEANED) || name.endsWith(FileNames.SWAP);
    }

    private static void finish(Disk disk, Path directory, List<String> names, long baseOffset) throws IOException {
        Path swap = directory.resolve(FileNames.of(baseOffset, LOG_SWAP));
        long endOffset = endOf(disk, swap);
        for (String name : names) {
            OptionalLong other = FileNames.offset(name, FileNames.LOG);
            if (other.isPresent() && baseOffset < other.getAsLong() && other.getAsLong() < endOffset) {
                for (String index : FileNames.INDEXES) {
                    disk.delete(directory.resolve(FileNames.of(other.getAsLong(), index)));
                }
                disk.delete(directory.resolve(name));
            }
        }
        for (String index : FileNames.INDEXES) {
            Path cleaned = directory.resolve(FileNames.of(baseOffset, index + FileNames.SWAP));
            if (disk.exists(cleaned)) {
                disk.rename(cleaned, directory.resolve(FileNames.of(baseOffset, index)));
            }
        }
        disk.syncDirectory(directory);
        disk.rename(swap, directory.resolve(FileNames.of(baseOffset, FileNames.LOG)));
        disk.syncDirectory(directory);
        LOGGER.info("'{}': the replacement of segments by the cleaned one of offsets {} to {} is finished",
                directory, baseOffset, endOffset - 1);
    }

    private static long endOf(Disk disk, Path swap) throws IOException {
        LogFile file = LogFile.forReading(disk, swap);
        try {
            SegmentScan scan = new SegmentScan(file, 0, disk.size(swap), SegmentScan.LONG_WINDOW_BYTES);
            long end = -1;
            for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
                end = header.endOffset();
            }
            if (scan.problem() != null) {
                throw new CorruptLog("cleaned segment '" + swap + "' has a " + scan.problem() + " at position "
                        + scan.end());
            }
            return end;
        } finally {
            file.close();
        }
    }
}
