package io.girok.cli;

import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.log.SegmentInspector;
import io.girok.log.SegmentInspector.Batch;
import io.girok.log.SegmentInspector.Problem;
import io.girok.record.InvalidBatch;
import io.girok.record.Record;
import io.girok.record.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok log dump`.
@Command(name = "dump", description = {"Print the batches and records of segments.",
    "Ends with 1 when something in them is wrong."})
final class LogDump implements Callable<Integer> {
    static final long MAX_UNPACKED_BYTES = 1L << 30;

    @Parameters(paramLabel = "PATH", arity = "1..*",
            description = "Segments (00000000000000000000.log), partitions' directories, or log directories.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--batches", description = "Print batches only.")
    boolean batchesOnly;

    @Option(names = "--json", description = "Print one JSON object a line, for each segment, batch and record.")
    boolean json;

    @Override
    public Integer call() {
        Disk disk = new FileDisk();
        boolean isSound = true;
        try (Output output = Output.standard()) {
            for (Path segment : LogFiles.segments(disk, paths)) {
                isSound &= dump(SegmentInspector.of(disk, segment), segment, output);
            }
        }
        return isSound ? 0 : Failure.FAILED;
    }

    private boolean dump(SegmentInspector inspector, Path segment, Output output) {
        output.line(json ? Json.of(Json.object("type", "segment", "file", segment.toString())) : "segment " + segment);
        boolean[] isSound = {true};
        Optional<Problem> problem;
        try {
            problem = batchesOnly
                    ? inspector.batches(batch -> isSound[0] &= print(batch, output))
                    : inspector.records(
                            batch -> isSound[0] &= print(batch, output),
                            record -> print(record, output),
                            MAX_UNPACKED_BYTES);
        } catch (InvalidBatch e) {
            problem = Optional.of(new Problem(LogFiles.shortName(segment), -1, "unreadable batch: " + e.getMessage()));
        }
        problem.ifPresent(found -> print(found, output));
        return isSound[0] && problem.isEmpty();
    }

    private boolean print(Batch batch, Output output) {
        output.line(json ? Json.of(toJson(batch)) : describe(batch));
        return batch.isCrcValid();
    }

    private static String describe(Batch batch) {
        StringBuilder line = new StringBuilder(
                "batch at " + batch.position() + ": offsets " + batch.baseOffset() + " to "
                        + batch.lastOffset() + ", " + batch.recordCount() + " records, " + batch.sizeInBytes()
                        + " bytes, epoch "
                        + batch.leaderEpoch() + ", up to " + time(batch.maxTimestamp()) + ", compression "
                        + batch.compression());
        if (0 <= batch.producerId()) {
            line.append(", producer ").append(batch.producerId()).append(" epoch ").append(batch.producerEpoch());
            line.append(" from sequence ").append(batch.baseSequence());
        }
        line.append(batch.isTransactional() ? ", transactional" : "").append(batch.isControl() ? ", control" : "");
        return line.append(batch.isCrcValid() ? "" : ", WRONG CRC").toString();
    }

    private static Object toJson(Batch batch) {
        return Json.object("type", "batch", "position", batch.position(), "bytes", batch.sizeInBytes(), "baseOffset",
                batch.baseOffset(), "lastOffset", batch.lastOffset(), "records", batch.recordCount(), "leaderEpoch",
                batch.leaderEpoch(), "baseTimestamp", batch.baseTimestamp(), "maxTimestamp", batch.maxTimestamp(),
                "timestampType", batch.timestampType(), "compression", batch.compression(), "producerId",
                batch.producerId(), "producerEpoch", batch.producerEpoch(), "baseSequence", batch.baseSequence(),
                "transactional", batch.isTransactional(), "control", batch.isControl(), "crc", batch.crc(), "crcValid",
                batch.isCrcValid());
    }

    private void print(Record record, Output output) {
        if (json) {
            List<Object> headers = new ArrayList<>();
            for (RecordHeader header : record.headers()) {
                headers.add(Json.object("key", header.key(), "value", text(header.value())));
            }
            output.line(
                    Json.of(
                            Json.object("type", "record", "offset", record.offset(), "timestamp", record.timestamp(),
                                    "key", text(record.key()), "value", text(record.value()), "headers", headers)));
            return;
        }
        StringBuilder line = new StringBuilder("  " + record.offset() + "  " + time(record.timestamp()));
        line.append("  key ").append(Json.of(text(record.key())));
        line.append("  value ").append(Json.of(text(record.value())));
        for (RecordHeader header : record.headers()) {
            line.append("  ").append(Json.of(header.key())).append('=').append(Json.of(text(header.value())));
        }
        output.line(line.toString());
    }

    private void print(Problem problem, Output output) {
        output.line(
                json
                        ? Json.of(
                                Json.object("type", "problem", "file", problem.file(), "position", problem.position(),
                                        "what", problem.what()))
                        : "PROBLEM in " + problem.file() + " at " + problem.position() + ": " + problem.what());
    }

    private static @Nullable Object text(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Json.ofBytes(bytes);
    }

    private static String time(long timestampMs) {
        return timestampMs < 0 ? "no time" : Instant.ofEpochMilli(timestampMs).toString();
    }
}
