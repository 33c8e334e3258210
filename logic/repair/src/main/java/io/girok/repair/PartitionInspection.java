package io.girok.repair;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.FileNames;
import io.girok.files.ProducerSnapshotFile;
import io.girok.files.TextFile;
import io.girok.journal.JournalCopy;
import io.girok.log.SegmentInspector;
import io.girok.log.SegmentInspector.Batch;
import io.girok.log.SegmentInspector.Problem;
import io.girok.record.InvalidBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Every file of a partition, read and held against each other. Reads everything and changes nothing; a broker may be
/// writing meanwhile: what looks torn at the very end may be on its way. Immutable once made.
public final class PartitionInspection {
    private static final long MAX_UNPACKED_BYTES = 1L << 30;
    private static final String TOPIC_ID = "topic_id: ";

    /// What is in a segment.
    ///
    /// @param soundBytes how much of it, from its beginning, is as it was written
    /// @param soundEndOffset the offset that follows the last sound batch
    public record SegmentState(Path file, long baseOffset, long sizeInBytes, long batches, long records, long endOffset,
            long soundBytes, long soundEndOffset, List<Damage> damages) {
        boolean isSound() {
            return soundBytes == sizeInBytes;
        }
    }

    private final Disk disk;
    private final PartitionName name;
    private final Path directory;
    private final Checkpoints checkpoints;
    private final List<SegmentState> segments = new ArrayList<>();
    private final List<Damage> others = new ArrayList<>();
    private final List<Long> soundSnapshots = new ArrayList<>();
    private final Epochs epochs;

    private PartitionInspection(Disk disk, PartitionName name, Path directory, Checkpoints checkpoints) {
        this.disk = disk;
        this.name = name;
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.epochs = new Epochs(disk, directory);
    }

    /// @param checkpoints of the log directory that the partition is in
    /// @param readsRecords whether every record is unpacked as well
    /// @param progress told of each segment that was read
    public static PartitionInspection of(Disk disk, PartitionName name, Path directory, Checkpoints checkpoints,
            boolean readsRecords, Consumer<SegmentState> progress) {
        PartitionInspection inspection = new PartitionInspection(disk, name, directory, checkpoints);
        try {
            inspection.inspect(readsRecords, progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return inspection;
    }

    /// Looks at one segment alone.
    public static SegmentState segment(Disk disk, Path file) {
        try {
            return segment(disk, file, new Bounds(0, Long.MAX_VALUE), batch -> {}, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public PartitionName name() {
        return name;
    }

    public Path directory() {
        return directory;
    }

    public List<SegmentState> segments() {
        return segments;
    }

    /// Everything that is wrong with the partition.
    public List<Damage> damages() {
        List<Damage> all = new ArrayList<>();
        segments.forEach(segment -> all.addAll(segment.damages));
        all.addAll(others);
        return all;
    }

    /// What is wrong beside the segments.
    public List<Damage> otherDamages() {
        return others;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    /// The offsets of the snapshots that can be read.
    List<Long> soundSnapshots() {
        return soundSnapshots;
    }

    Epochs epochs() {
        return epochs;
    }

    /// Where the log ends, if nothing in it is wrong.
    long endOffset() {
        return segments.isEmpty() ? checkpoints.startOffset(name) : segments.getLast().endOffset;
    }

    private void inspect(boolean readsRecords, Consumer<SegmentState> progress) throws IOException {
        long recoveryPoint = checkpoints.recoveryPoints().getOrDefault(name, 0L);
        long startOffset = checkpoints.startOffset(name);
        long end = 0;
        List<Path> files = SegmentInspector.segments(disk, directory);
        for (int index = 0; index < files.size(); index++) {
            Path file = files.get(index);
            SegmentState state = segment(disk, file, new Bounds(end, limit(files, index)),
                    batch -> epochs.pass(file, batch,
                            startOffset <= batch.baseOffset() && batch.lastOffset() < recoveryPoint),
                    readsRecords);
            segments.add(state);
            end = state.endOffset;
            progress.accept(state);
        }
        checkCheckpoints();
        boolean isWhole = segments.stream().allMatch(SegmentState::isSound);
        others.addAll(epochs.end(isWhole ? endOffset() : Long.MAX_VALUE));
        for (String file : disk.list(directory)) {
            checkFile(file, isWhole);
        }
    }

    /// Where the segment must end: the CRC of a batch does not cover its offset, the names of the files say it as well.
    private long limit(List<Path> files, int index) {
        if (index + 1 < files.size()) {
            return SegmentInspector.of(disk, files.get(index + 1)).baseOffset();
        }
        return checkpoints.isClean() ? checkpoints.recoveryPoints().getOrDefault(name, Long.MAX_VALUE) : Long.MAX_VALUE;
    }

    /// What the neighbours of a segment leave to it.
    ///
    /// @param from where the segment before it ends
    /// @param to where the one after it begins
    private record Bounds(long from, long to) {}

    private static SegmentState segment(Disk disk, Path file, Bounds bounds, Consumer<Batch> soundBatches,
            boolean readsRecords) throws IOException {
        SegmentInspector inspector = SegmentInspector.of(disk, file);
        List<Damage> damages = new ArrayList<>();
        boolean overlaps = inspector.baseOffset() < bounds.from;
        if (overlaps) {
            damages.add(new Damage(Damage.Kind.BATCHES, file, 0,
                    "begins before the segment before it ends, at " + bounds.from));
        }
        Tally tally = new Tally(inspector.baseOffset(), bounds.to, overlaps, soundBatches);
        for (Problem problem : inspector.verify(tally::pass)) {
            boolean isLog = problem.file().endsWith(FileNames.LOG);
            damages.add(new Damage(isLog ? Damage.Kind.BATCHES : Damage.Kind.INDEX, file.resolveSibling(problem.file()),
                    problem.position(), problem.what()));
        }
        if (0 <= tally.excessPosition) {
            damages.add(new Damage(Damage.Kind.BATCHES, file, tally.excessPosition,
                    "offsets reach past " + bounds.to + ", where what follows begins"));
        }
        long[] records = {tally.records};
        if (readsRecords) {
            try {
                records[0] = 0;
                inspector.records(batch -> {}, record -> records[0]++, MAX_UNPACKED_BYTES);
            } catch (InvalidBatch e) {
                damages.add(Damage.of(Damage.Kind.RECORDS, file, "unreadable batch: " + e.getMessage()));
            }
        }
        return new SegmentState(file, inspector.baseOffset(), disk.size(file), tally.batches, records[0],
                tally.excessPosition < 0 ? tally.end : bounds.to, tally.soundBytes, tally.soundEnd, damages);
    }

    /// Counts a segment's batches, and how far they are sound.
    private static final class Tally {
        private final Consumer<Batch> soundBatches;
        private final long limit;
        private boolean isBroken;
        private long excessPosition = -1;
        private long previousPosition;
        private long previousEnd;
        private long batches;
        private long records;
        private long end;
        private long soundBytes;
        private long soundEnd;

        Tally(long baseOffset, long limit, boolean isBroken, Consumer<Batch> soundBatches) {
            this.limit = limit;
            this.previousEnd = baseOffset;
            this.end = baseOffset;
            this.soundEnd = baseOffset;
            this.isBroken = isBroken;
            this.soundBatches = soundBatches;
        }

        void pass(Batch batch) {
            batches++;
            records += batch.recordCount();
            if (!isBroken && batch.baseOffset() < end && previousEnd <= batch.baseOffset()) {
                // It follows on the one before the last: the last's offset, which no CRC covers, is wrong.
                soundBytes = previousPosition;
                soundEnd = previousEnd;
            }
            if (limit <= batch.lastOffset() && batch.baseOffset() != end && excessPosition < 0) {
                excessPosition = batch.position();
                isBroken = true;
            }
            isBroken |= !batch.isCrcValid() || batch.baseOffset() < end || batch.lastOffset() < batch.baseOffset();
            if (!isBroken) {
                previousPosition = batch.position();
                previousEnd = end;
                soundBytes = batch.position() + batch.sizeInBytes();
                soundEnd = batch.lastOffset() + 1;
                soundBatches.accept(batch);
            }
            end = Math.max(end, batch.lastOffset() + 1);
        }
    }

    private void checkCheckpoints() {
        Long recoveryPoint = checkpoints.recoveryPoints().get(name);
        long end = endOffset();
        if (recoveryPoint != null && end < recoveryPoint) {
            others.add(Damage.of(Damage.Kind.CHECKPOINT, checkpoints.recoveryPointFile(), "says that '" + name
                    + "' was on stable storage up to offset " + recoveryPoint + ", and its files end at " + end));
        } else if (recoveryPoint != null && recoveryPoint < end && checkpoints.isClean()) {
            others.add(Damage.of(Damage.Kind.CHECKPOINT, checkpoints.cleanMark(), "says that all is known, but '" + name
                    + "' was closed at offset " + recoveryPoint + ", and its files end at " + end));
        }
    }

    private void checkFile(String file, boolean isWhole) throws IOException {
        Path path = directory.resolve(file);
        OptionalLong snapshot = FileNames.offset(file, FileNames.SNAPSHOT);
        if (snapshot.isPresent()) {
            checkSnapshot(path, snapshot.getAsLong(), isWhole);
        } else if (file.equals(FileNames.PARTITION_METADATA)) {
            checkTopicId(path);
        } else if (file.equals(JournalCopy.FILE)) {
            checkCopy(path);
        }
    }

    private void checkCopy(Path path) throws IOException {
        try {
            var _ = JournalCopy.read(disk, path);
        } catch (JournalCopy.Damaged e) {
            others.add(Damage.of(Damage.Kind.JOURNAL_COPY, path, String.valueOf(e.getMessage())));
        }
    }

    private void checkSnapshot(Path path, long offset, boolean isWhole) {
        try {
            var _ = ProducerSnapshotFile.read(disk, path);
            soundSnapshots.add(offset);
            if (isWhole && endOffset() < offset) {
                others.add(
                        Damage.of(Damage.Kind.SNAPSHOT, path, "is of an offset past the log's end at " + endOffset()));
            }
        } catch (IOException e) {
            others.add(Damage.of(Damage.Kind.SNAPSHOT, path, String.valueOf(e.getMessage())));
        }
    }

    private void checkTopicId(Path path) throws IOException {
        Optional<List<String>> lines = TextFile.readLines(disk, path);
        Optional<String> id = lines.orElse(List.of()).stream().filter(line -> line.startsWith(TOPIC_ID)).findFirst();
        try {
            if (id.isEmpty()) {
                others.add(Damage.of(Damage.Kind.PARTITION_METADATA, path, "has no topic id"));
            } else {
                TopicId.parse(id.get().substring(TOPIC_ID.length()).strip());
            }
        } catch (IllegalArgumentException e) {
            others.add(Damage.of(Damage.Kind.PARTITION_METADATA, path, String.valueOf(e.getMessage())));
        }
    }
}
