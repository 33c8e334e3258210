package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.CorruptLog;
import io.girok.files.DirectoryMarks;
import io.girok.files.EpochCache;
import io.girok.files.FileNames;
import io.girok.files.Marks;
import io.girok.files.SegmentFiles;
import io.girok.files.TextFile;
import io.girok.journal.JournalCopy;
import io.girok.journal.JournalEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds or makes the directory of a partition and the segments in it. Used by one thread for a partition.
final class PartitionDirectory {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionDirectory.class);
    private static final String TOPIC_ID = "topic_id: ";

    private final Path parent;
    private final LogEnvironment environment;
    private final DirectoryMarks marks;
    private final RecoveryReport report;
    private final boolean isClean;
    private final List<JournalEntry> journaled;

    /// @param journaled what the journal has for the log
    PartitionDirectory(Path parent, LogEnvironment environment, DirectoryMarks marks, RecoveryReport report,
            boolean isClean, List<JournalEntry> journaled) {
        this.parent = parent;
        this.environment = environment;
        this.marks = marks;
        this.report = report;
        this.isClean = isClean;
        this.journaled = journaled;
    }

    /// A log is found, and recovered if need be; one that is not there has no files until it is written to.
    ///
    /// @param maxRecoveryBytes when more than that has to be read to recover it, nothing is done
    Optional<OpenedLog> open(PartitionName name, TopicId topic, LogSettings settings, long maxRecoveryBytes)
            throws IOException {
        Path directory = FileNames.directory(parent, name);
        Disk disk = environment.disk();
        if (disk.isDirectory(directory)) {
            TopicId found = readTopicId(name, directory);
            if (found == null || found.equals(topic)) {
                if (found == null) {
                    writeMissingTopicId(disk, directory, topic);
                }
                return openExisting(name, topic, directory, settings, maxRecoveryBytes);
            }
            marks.forget(List.of(name));
            Path stray = new Discards(parent, environment, marks).rename(name, FileNames.STRAY_DIRECTORY);
            LOGGER.warn("log '{}': its directory is of topic {}, not of {}; renamed to '{}'", name, found, topic,
                    stray.getFileName());
        } else {
            requireNothingMissing(name, directory);
        }
        if (!journaled.isEmpty()) {
            // The journal is durable before the names of a new log are.
            Marks of = marks.find(name);
            create(name, topic, new Marks(0, of == null ? 0 : of.startOffset(), of == null ? 0 : of.highWatermark()));
            return openExisting(name, topic, directory, settings, maxRecoveryBytes);
        }
        Segments segments = new Segments(directory, environment);
        segments.addFresh(0);
        return Optional.of(new OpenedLog(name, topic, new Marks(0, 0, 0), segments, 0, false, true, null));
    }

    /// What of a log is known to have been on stable storage: everything below. Without syncs a directory may get lost
    /// with the power, and with it what was acknowledged, until its log was saved for the first time.
    static long knownEnd(Marks of, Durability durability) {
        return switch (durability) {
            case FSYNC -> Math.max(of.recoveryPoint(), Math.max(of.startOffset(), of.highWatermark()));
            case OS -> of.recoveryPoint();
        };
    }

    /// Empty, the log would make others that follow it cut all they have.
    private void requireNothingMissing(PartitionName name, Path directory) throws CorruptLog {
        Marks of = marks.find(name);
        long knownEnd = of == null ? 0 : knownEnd(of, environment.durability());
        if (of != null && (journaled.isEmpty() || journaledEnd(of.startOffset()) < knownEnd) && 0 < knownEnd) {
            throw new CorruptLog("log '" + name + "': its directory is gone, with all records below offset " + knownEnd
                    + ": the partition stays offline until others lead it, which it is copied from then; where "
                    + "nobody else has it, bring '" + directory + "' back while the broker is stopped, or make an "
                    + "empty one and run 'girok log repair', to go on without these records");
        }
    }

    /// How far the journal goes from `offset` on, without a gap.
    private long journaledEnd(long offset) {
        long end = offset;
        for (JournalEntry entry : journaled) {
            if (entry.isGap() || end < entry.baseOffset()) {
                break;
            }
            end = Math.max(end, entry.endOffset());
        }
        return end;
    }

    /// Makes the directory of a log that had none.
    void create(PartitionName name, TopicId topic, Marks of) throws IOException {
        Path directory = FileNames.directory(parent, name);
        marks.add(name, of);
        environment.disk().createDirectories(directory);
        writeTopicId(environment.disk(), directory, topic);
    }

    private Optional<OpenedLog> openExisting(PartitionName name, TopicId topic, Path directory, LogSettings settings,
            long maxRecoveryBytes) throws IOException {
        Segments segments = new Segments(directory, environment);
        boolean hasFiles = findSegments(directory, segments);
        Marks known = marks.find(name);
        if (known == null) {
            known = new Marks(0, 0, 0);
            marks.add(name, known);
        }
        if (!hasFiles) {
            segments.addFresh(freshBase(known));
        }
        long endOffset = known.recoveryPoint();
        boolean isTrusted = isClean && (hasFiles || endOffset == known.startOffset())
                && (0 < endOffset || !hasFiles || segments.first().size() == 0);
        if (isTrusted && endOffset < segments.active().baseOffset()) {
            throw new CorruptLog("log '" + name + "' was closed at offset " + endOffset + ", but has a segment at "
                    + segments.active().baseOffset() + ": the partition stays offline and nothing is deleted");
        }
        if (!isTrusted && maxRecoveryBytes < LogRecovery.bytesToRead(segments, known.recoveryPoint(), journaled)) {
            return Optional.empty();
        }
        boolean isNew = !isTrusted && known.recoveryPoint() == 0;
        LogRecovery.Unsaved unsaved = null;
        boolean isSynced = true;
        if (!isTrusted) {
            LogRecovery.Recovered recovered = recover(name, segments, known, settings);
            endOffset = recovered.endOffset();
            unsaved = recovered.unsaved();
            isSynced = recovered.isSynced();
        }
        if (endOffset < known.startOffset()) {
            beginAnew(name, segments, known, endOffset);
            endOffset = known.startOffset();
            unsaved = null;
        }
        if (isNew && isSynced && 0 < endOffset) {
            // The first flush, which makes the directory durable, may not have happened.
            TextFile.sync(environment.disk(), directory.resolve(FileNames.PARTITION_METADATA));
            environment.disk().syncDirectory(directory);
            environment.disk().syncDirectory(parent);
            isNew = false;
        }
        if (known.startOffset() < segments.first().baseOffset()) {
            known.setStartOffset(segments.first().baseOffset());
        }
        known.setRecoveryPoint(unsaved == null ? endOffset : Math.min(known.recoveryPoint(), endOffset));
        return Optional.of(new OpenedLog(name, topic, known, segments, endOffset, true, isNew, unsaved));
    }

    /// What was deleted last did not reach the disk before the crash: there is nothing left to be read, and the offsets
    /// below the start are never given again.
    private void beginAnew(PartitionName name, Segments segments, Marks known, long endOffset) throws IOException {
        LOGGER.warn("log '{}': ends at offset {}, below its start offset {}, where it begins anew", name, endOffset,
                known.startOffset());
        for (Segment segment : segments.removeFrom(0).reversed()) {
            SegmentDeletion.deleteNow(segment, environment.disk());
        }
        var _ = ProducerSnapshots.removeAbove(environment.disk(), segments.directory(), -1);
        environment.disk().syncDirectory(segments.directory());
        segments.addFresh(known.startOffset());
        known.setRecoveryPoint(known.startOffset());
    }

    /// Where a log without segments begins: at its start offset, or with the batch in the journal that holds it.
    private long freshBase(Marks known) {
        return journaled.stream()
                .filter(entry -> known.startOffset() < entry.endOffset())
                .mapToLong(JournalEntry::baseOffset)
                .filter(base -> known.recoveryPoint() <= base)
                .map(base -> Math.min(base, known.startOffset()))
                .findFirst()
                .orElse(known.startOffset());
    }

    private LogRecovery.Recovered recover(PartitionName name, Segments segments, Marks known, LogSettings settings)
            throws IOException {
        EpochCache epochs = readEpochs(name, segments);
        RecoveryProgress progress = new RecoveryProgress(name,
                LogRecovery.bytesToRead(segments, known.recoveryPoint(), journaled), environment.clock());
        LogRecovery.Recovered recovered = new LogRecovery(progress, segments, known.recoveryPoint(), epochs,
                journaled, settings.roll()).run();
        progress.end(recovered.endOffset());
        report.note(progress);
        return recovered;
    }

    private static EpochCache readEpochs(PartitionName name, Segments segments) throws IOException {
        try {
            return EpochCache.read(segments.environment().disk(), segments.directory());
        } catch (CorruptLog e) {
            LOGGER.warn("log '{}': {}; epochs are taken from the batches past the recovery point", name,
                    e.getMessage());
            return new EpochCache();
        }
    }

    /// Adds the segments to `segments`; removes what deletions left behind. Answers whether there are any.
    private boolean findSegments(Path directory, Segments segments) throws IOException {
        Disk disk = environment.disk();
        boolean found = false;
        List<String> files = SwapRecovery.run(environment, directory);
        for (String file : files) {
            OptionalLong offset = FileNames.offset(file, FileNames.LOG);
            if (offset.isPresent()) {
                segments.addExisting(offset.getAsLong());
                found = true;
            } else if (file.endsWith(FileNames.DELETED) || file.endsWith(FileNames.TEMPORARY)
                    || (isClean && file.equals(JournalCopy.FILE))) {
                disk.delete(directory.resolve(file));
            }
        }
        // A segment that begins there later would go on with the entries in it.
        for (String index : SegmentFiles.indexesWithoutLog(files)) {
            LOGGER.info("'{}': removed an index whose segment was being removed at the stop",
                    directory.resolve(index));
            disk.delete(directory.resolve(index));
        }
        return found;
    }

    /// Null when the file is not there, or was not finished when the machine stopped.
    private @Nullable TopicId readTopicId(PartitionName name, Path directory) throws IOException {
        Disk disk = environment.disk();
        Marks known = marks.find(name);
        boolean wasSynced = known != null && 0 < known.recoveryPoint();
        Path path = directory.resolve(FileNames.PARTITION_METADATA);
        Optional<List<String>> lines = TextFile.readLines(disk, path);
        for (String line : lines.orElse(List.of())) {
            if (line.startsWith(TOPIC_ID)) {
                try {
                    return TopicId.parse(line.substring(TOPIC_ID.length()).strip());
                } catch (IllegalArgumentException e) {
                    if (wasSynced) {
                        throw new CorruptLog("'" + path + "': " + e.getMessage());
                    }
                }
            }
        }
        return null;
    }

    /// On a full disk it stays missing until the next opening, and the log is taken for the topic's all the same.
    private static void writeMissingTopicId(Disk disk, Path directory, TopicId topic) throws IOException {
        try {
            writeTopicId(disk, directory, topic);
            // No first flush may come that would do it.
            TextFile.sync(disk, directory.resolve(FileNames.PARTITION_METADATA));
            disk.syncDirectory(directory);
        } catch (IOException e) {
            if (!FreeSpace.isFull(e, disk, directory, 0)) {
                throw e;
            }
            LOGGER.warn("no room for the topic's id in '{}': {}", directory, e.getMessage());
        }
    }

    /// Without a sync: that comes with the first flush, before anything in this log is acknowledged.
    private static void writeTopicId(Disk disk, Path directory, TopicId topic) throws IOException {
        TextFile.writeUnsynced(
                disk,
                directory.resolve(FileNames.PARTITION_METADATA),
                List.of("version: 0", TOPIC_ID + topic));
    }
}
