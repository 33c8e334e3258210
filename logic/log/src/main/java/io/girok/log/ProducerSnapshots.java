package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.CorruptLog;
import io.girok.files.FileNames;
import io.girok.files.ProducerSnapshotFile;
import io.girok.record.InvalidBatch;
import io.girok.record.RecordBatch;
import io.girok.record.producer.AbortedTransaction;
import io.girok.record.producer.ProducerStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the producers' state at an offset: the newest snapshot at or below it, and the batches from there on.
///
/// No snapshot at all means that no producer had a state when the log was last saved.
final class ProducerSnapshots {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProducerSnapshots.class);

    private ProducerSnapshots() {}

    /// The offsets of a partition's snapshots.
    static NavigableSet<Long> list(Disk disk, Path directory) throws IOException {
        TreeSet<Long> offsets = new TreeSet<>();
        if (disk.isDirectory(directory)) {
            for (String file : disk.list(directory)) {
                OptionalLong offset = FileNames.offset(file, FileNames.SNAPSHOT);
                offset.ifPresent(offsets::add);
            }
        }
        return offsets;
    }

    /// The state at `endOffset`.
    ///
    /// @param hadOthers whether there were snapshots that are gone: without any older one all batches are gone through
    static ProducerStates load(PartitionName name, Segments segments, long endOffset, boolean hadOthers)
            throws IOException {
        Disk disk = segments.environment().disk();
        NavigableSet<Long> offsets = list(disk, segments.directory());
        for (long offset : offsets.headSet(endOffset, true).descendingSet()) {
            Path path = ProducerSnapshotFile.path(segments.directory(), offset);
            try {
                ProducerStates states = ProducerStates.of(ProducerSnapshotFile.read(disk, path), offset);
                replay(states, segments, offset, endOffset, false);
                return states;
            } catch (CorruptLog e) {
                LOGGER.warn("log '{}': {}; the state is taken from what is older", name, e.getMessage());
                disk.delete(path);
            }
        }
        ProducerStates states = new ProducerStates();
        if (hadOthers || !offsets.isEmpty()) {
            replay(states, segments, segments.first().baseOffset(), endOffset, false);
        }
        return states;
    }

    /// Removes what is older than the newest snapshot at or below `recoveryPoint`, where a crash would begin.
    static void purge(Disk disk, Path directory, long recoveryPoint) throws IOException {
        Long needed = list(disk, directory).floor(recoveryPoint);
        if (needed != null) {
            for (long offset : list(disk, directory).headSet(needed)) {
                disk.delete(ProducerSnapshotFile.path(directory, offset));
            }
        }
    }

    /// Removes what says something of offsets past `endOffset`; answers whether there was anything.
    static boolean removeAbove(Disk disk, Path directory, long endOffset) throws IOException {
        boolean found = false;
        for (long offset : list(disk, directory).tailSet(endOffset, false)) {
            disk.delete(ProducerSnapshotFile.path(directory, offset));
            found = true;
        }
        return found;
    }

    /// Applies the batches of `[from, to)`.
    static void replay(ProducerStates states, Segments segments, long from, long to, boolean indexesAborted)
            throws IOException {
        if (to <= from) {
            return;
        }
        for (int index = segments.floor(from); index < segments.count(); index++) {
            Segment segment = segments.get(index);
            if (to <= segment.baseOffset() || segment.size() == 0) {
                continue;
            }
            int begin = segment.offsetIndex().floorPosition(from);
            SegmentScan scan = new SegmentScan(segment.log(), begin, segment.size(), SegmentScan.LONG_WINDOW_BYTES);
            for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
                if (header.baseOffset() < from || to <= header.baseOffset() || !header.hasProducerId()) {
                    continue;
                }
                Optional<AbortedTransaction> aborted = apply(states, header.isControl() ? scan.whole() : header);
                if (indexesAborted && aborted.isPresent()) {
                    segment.transactionIndex().append(aborted.get());
                }
            }
        }
    }

    private static Optional<AbortedTransaction> apply(ProducerStates states, RecordBatch batch) throws CorruptLog {
        try {
            return states.apply(batch);
        } catch (InvalidBatch e) {
            throw LogReader.corrupt(batch, e);
        }
    }
}
