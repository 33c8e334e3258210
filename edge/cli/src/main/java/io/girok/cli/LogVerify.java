package io.girok.cli;

import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.log.SegmentInspector;
import io.girok.log.SegmentInspector.Problem;
import io.girok.record.InvalidBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok log verify`.
@Command(name = "verify", description = {"Check segments and their indexes: CRCs, offsets, every record, every entry.",
    "Ends with 1 when something is wrong. What a running broker is just writing may look torn at the very end."})
final class LogVerify implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", arity = "1..*",
            description = "Segments (00000000000000000000.log), partitions' directories, or log directories.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object a line for each segment.")
    boolean json;

    /// What was found in one segment.
    private record Verdict(Path segment, long batches, long records, long bytes, long endOffset,
            List<Problem> problems) {}

    @Override
    public Integer call() {
        Disk disk = new FileDisk();
        List<Verdict> verdicts = new ArrayList<>();
        try (Output output = Output.standard()) {
            @Nullable
            Verdict previous = null;
            for (Path segment : LogFiles.segments(disk, paths)) {
                Verdict verdict = verify(SegmentInspector.of(disk, segment), segment, previous);
                verdicts.add(verdict);
                previous = verdict;
                if (json) {
                    output.line(Json.of(toJson(verdict)));
                }
            }
            if (!json) {
                print(verdicts, output);
            }
        }
        return verdicts.stream().allMatch(verdict -> verdict.problems().isEmpty()) ? 0 : Failure.FAILED;
    }

    /// @param previous the segment before, which may be another partition's
    private static Verdict verify(SegmentInspector inspector, Path segment, @Nullable Verdict previous) {
        List<Problem> problems = new ArrayList<>(inspector.verify());
        long[] batches = {0};
        long[] records = {0};
        long[] bytes = {0};
        long[] end = {inspector.baseOffset()};
        try {
            inspector.records(batch -> {
                batches[0]++;
                bytes[0] += batch.sizeInBytes();
                end[0] = batch.lastOffset() + 1;
            }, record -> records[0]++, LogDump.MAX_UNPACKED_BYTES);
        } catch (InvalidBatch e) {
            problems.add(new Problem(name(segment), bytes[0], "unreadable batch: " + e.getMessage()));
        }
        if (previous != null && parent(previous.segment()).equals(parent(segment))
                && inspector.baseOffset() < previous.endOffset()) {
            problems.add(
                    new Problem(name(segment), 0,
                            "begins before the segment before it ends, at " + previous.endOffset()));
        }
        return new Verdict(segment, batches[0], records[0], bytes[0], end[0], problems);
    }

    private static void print(List<Verdict> verdicts, Output output) {
        Table table = Table.of("SEGMENT", "BATCHES", "RECORDS", "BYTES", "END", "PROBLEMS");
        for (Verdict verdict : verdicts) {
            table.row(LogFiles.shortName(verdict.segment()), verdict.batches(), verdict.records(), verdict.bytes(),
                    verdict.endOffset(), verdict.problems().size());
        }
        table.print(output);
        for (Verdict verdict : verdicts) {
            for (Problem problem : verdict.problems()) {
                output.line(
                        parent(verdict.segment()).resolve(problem.file()) + " at position " + problem.position() + ": "
                                + problem.what());
            }
        }
    }

    private static Object toJson(Verdict verdict) {
        List<Object> problems = new ArrayList<>();
        for (Problem problem : verdict.problems()) {
            problems.add(
                    Json.object("file", problem.file(), "position", problem.position(), "what", problem.what()));
        }
        return Json.object("segment", verdict.segment().toString(), "batches", verdict.batches(), "records",
                verdict.records(), "bytes", verdict.bytes(), "endOffset", verdict.endOffset(), "problems", problems);
    }

    private static Path parent(Path segment) {
        Path parent = segment.toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private static String name(Path segment) {
        return String.valueOf(segment.getFileName());
    }
}
