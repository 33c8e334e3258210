package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.FileNames;
import io.girok.files.TextFile;
import io.girok.record.InvalidBatch;
import io.girok.record.Record;
import io.girok.record.RecordBatch;
import io.girok.record.RecordIterator;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Reads a segment and its indexes and changes nothing, for people who want to know what is in there and whether it is
/// sound. A broker may be writing to it meanwhile: what looks torn at the very end may be on its way. Used by one
/// thread.
public final class SegmentInspector {
    /// A batch as it is in the file.
    ///
    /// @param isCrcValid whether the batch is what was written
    public record Batch(long position, int sizeInBytes, long baseOffset, long lastOffset, int recordCount,
            int leaderEpoch, long baseTimestamp, long maxTimestamp, String timestampType, String compression,
            long producerId, short producerEpoch, int baseSequence, boolean isTransactional, boolean isControl,
            long crc, boolean isCrcValid) {}

    /// An entry of the offset index.
    public record IndexEntry(long offset, int position) {}

    /// An entry of the time index.
    public record TimeEntry(long timestamp, long offset) {}

    /// Something that should not be.
    ///
    /// @param file the name of the file at fault
    public record Problem(String file, long position, String what) {}

    private final Disk disk;
    private final Path segment;
    private final long baseOffset;

    private SegmentInspector(Disk disk, Path segment, long baseOffset) {
        this.disk = disk;
        this.segment = segment;
        this.baseOffset = baseOffset;
    }

    /// @param segment a file named by 20 digits and `.log`
    /// @throws IllegalArgumentException when the file is not called so
    public static SegmentInspector of(Disk disk, Path segment) {
        OptionalLong offset = FileNames.offset(String.valueOf(segment.getFileName()), FileNames.LOG);
        return new SegmentInspector(disk, segment, offset.orElseThrow(
                () -> new IllegalArgumentException(
                        "'" + segment + "' is no segment: 20 digits and '.log' are expected")));
    }

    /// The segments in a partition's directory, in order.
    public static List<Path> segments(Disk disk, Path directory) {
        try {
            return disk.list(directory)
                    .stream()
                    .filter(file -> FileNames.offset(file, FileNames.LOG).isPresent())
                    .map(directory::resolve)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long baseOffset() {
        return baseOffset;
    }

    /// Shows every batch in order, as far as they can be made out; answers what follows them, if anything does.
    public Optional<Problem> batches(Consumer<Batch> reader) {
        return walk((scan, header) -> reader.accept(describe(scan)));
    }

    /// Shows every record in order, after the batch it is in.
    ///
    /// @throws InvalidBatch when a batch whose CRC fits cannot be read
    public Optional<Problem> records(Consumer<Batch> batches, Consumer<Record> records, long maxUnpackedBytes) {
        return walk((scan, header) -> {
            Batch batch = describe(scan);
            batches.accept(batch);
            if (batch.isCrcValid()) {
                try (RecordIterator iterator = scan.whole().records(maxUnpackedBytes)) {
                    iterator.forEachRemaining(records);
                }
            }
        });
    }

    public List<IndexEntry> offsetIndex() {
        List<IndexEntry> entries = new ArrayList<>();
        ByteBuffer bytes = wholeEntries(FileNames.OFFSET_INDEX, OffsetIndex.ENTRY_BYTES);
        while (bytes.hasRemaining()) {
            entries.add(new IndexEntry(baseOffset + bytes.getInt(), bytes.getInt()));
        }
        return entries;
    }

    public List<TimeEntry> timeIndex() {
        List<TimeEntry> entries = new ArrayList<>();
        ByteBuffer bytes = wholeEntries(FileNames.TIME_INDEX, TimeIndex.ENTRY_BYTES);
        while (bytes.hasRemaining()) {
            entries.add(new TimeEntry(bytes.getLong(), baseOffset + bytes.getInt()));
        }
        return entries;
    }

    /// The index of aborted transactions.
    public List<AbortedTransaction> abortedTransactions() {
        List<AbortedTransaction> entries = new ArrayList<>();
        ByteBuffer bytes = wholeEntries(FileNames.TRANSACTION_INDEX, TransactionIndex.ENTRY_BYTES);
        while (bytes.hasRemaining()) {
            bytes.getShort();
            entries.add(new AbortedTransaction(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return entries;
    }

    /// Checks CRCs, offsets, and that the indexes say what the batches say.
    public List<Problem> verify() {
        return verify(batch -> {});
    }

    /// As [#verify()], and shows every batch in order.
    public List<Problem> verify(Consumer<Batch> reader) {
        List<Problem> problems = new ArrayList<>();
        List<IndexCheck> indexes = IndexCheck.of(this);
        long[] next = {baseOffset};
        batches(batch -> {
            if (!batch.isCrcValid()) {
                problems.add(problem(FileNames.LOG, batch.position(), "CRC does not fit the batch of offsets "
                        + batch.baseOffset() + " to " + batch.lastOffset()));
            }
            if (batch.baseOffset() < next[0] || batch.lastOffset() < batch.baseOffset()) {
                problems.add(problem(FileNames.LOG, batch.position(),
                        "offsets " + batch.baseOffset() + " to " + batch.lastOffset() + " do not follow " + next[0]));
            }
            next[0] = batch.lastOffset() + 1;
            indexes.forEach(index -> index.pass(batch));
            reader.accept(batch);
        }).ifPresent(problems::add);
        indexes.forEach(index -> index.end().ifPresent(problems::add));
        return problems;
    }

    Problem problem(String ending, long position, String what) {
        return new Problem(FileNames.of(baseOffset, ending), position, what);
    }

    private interface Step {
        void accept(SegmentScan scan, RecordBatch header) throws IOException;
    }

    private Optional<Problem> walk(Step step) {
        LogFile file = LogFile.forReading(disk, segment);
        try {
            long size = disk.size(segment);
            SegmentScan scan = new SegmentScan(file, 0, size, SegmentScan.LONG_WINDOW_BYTES);
            for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
                step.accept(scan, header);
            }
            String problem = scan.problem();
            return problem == null
                    ? Optional.empty()
                    : Optional.of(problem(FileNames.LOG, scan.end(),
                            problem + "; " + (size - scan.end()) + " bytes are left"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            close(file);
        }
    }

    private static void close(LogFile file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Batch describe(SegmentScan scan) throws IOException {
        boolean isCrcValid = scan.isCrcValid();
        RecordBatch header = scan.header();
        return new Batch(scan.position(), header.sizeInBytes(), header.baseOffset(), header.lastOffset(),
                header.recordCount(), header.leaderEpoch(), header.baseTimestamp(), header.maxTimestamp(),
                header.timestampType().name(), compression(header), header.producerId(), header.producerEpoch(),
                header.baseSequence(), header.isTransactional(), header.isControl(), header.crc(), isCrcValid);
    }

    private static String compression(RecordBatch header) {
        try {
            return header.compression().label();
        } catch (InvalidBatch e) {
            return "unknown";
        }
    }

    private ByteBuffer wholeEntries(String ending, int entryBytes) {
        ByteBuffer bytes = bytes(ending);
        return bytes.limit(bytes.limit() - bytes.limit() % entryBytes);
    }

    /// All of the index of that ending; nothing when there is none.
    ByteBuffer bytes(String ending) {
        try {
            return TextFile.readBytes(disk, segment.resolveSibling(FileNames.of(baseOffset, ending)))
                    .orElse(ByteBuffer.allocate(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
