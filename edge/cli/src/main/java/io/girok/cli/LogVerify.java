package io.girok.cli;

import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.base.PartitionName;
import io.girok.files.FileNames;
import io.girok.log.SegmentInspector;
import io.girok.repair.Checkpoints;
import io.girok.repair.Damage;
import io.girok.repair.PartitionInspection;
import io.girok.repair.PartitionInspection.SegmentState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok log verify`.
@Command(name = "verify",
        description = {
            "Check segments and all that is kept beside them: CRCs, offsets, every record, every index entry, "
                    + "epochs, producers' snapshots, checkpoints.",
            "Ends with 1 when something is wrong. What a running broker is just writing may look torn at the end."})
final class LogVerify implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", arity = "1..*",
            description = "Segments (00000000000000000000.log), partitions' directories, or log directories.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--json",
            description = "Print one JSON object a line for each segment, and each other file at fault.")
    boolean json;

    private final Disk disk = new FileDisk();
    private final List<SegmentState> segments = new ArrayList<>();
    private final List<Damage> others = new ArrayList<>();
    private LogProgress progress = LogProgress.of("verified");

    @Override
    public Integer call() {
        try (Output output = Output.standard()) {
            progress = LogProgress.of("verified");
            Map<Path, List<Path>> byDirectory = new LinkedHashMap<>();
            for (Path segment : LogFiles.segments(disk, paths)) {
                byDirectory.computeIfAbsent(LogFiles.parent(segment), directory -> new ArrayList<>()).add(segment);
            }
            Map<Path, Checkpoints> checkpoints = new LinkedHashMap<>();
            for (Path path : paths) {
                if (LogFiles.isLogDirectory(disk, path)) {
                    checkpoints.put(path.toAbsolutePath(), Checkpoints.read(disk, path.toAbsolutePath()));
                }
            }
            byDirectory.forEach((directory, files) -> verify(directory, files, checkpoints, output));
            checkpoints.values().forEach(found -> others.addAll(found.damages()));
            progress.end();
            if (json) {
                others.forEach(damage -> output.line(Json.of(toJson(damage))));
            } else {
                print(output);
            }
        }
        boolean isSound = others.isEmpty() && segments.stream().allMatch(segment -> segment.damages().isEmpty());
        return isSound ? 0 : Failure.FAILED;
    }

    /// All of a partition, if all of it was asked for: then its files can be held against each other.
    private void verify(Path directory, List<Path> files, Map<Path, Checkpoints> checkpoints, Output output) {
        Optional<PartitionName> name = FileNames.partition(String.valueOf(directory.getFileName()));
        if (name.isEmpty() || files.size() < SegmentInspector.segments(disk, directory).size()) {
            files.forEach(file -> add(PartitionInspection.segment(disk, file), output));
            return;
        }
        Checkpoints known = checkpoints.computeIfAbsent(LogFiles.parent(directory),
                parent -> Checkpoints.read(disk, parent));
        PartitionInspection partition = PartitionInspection
                .of(disk, name.get(), directory, known, true, segment -> add(segment, output));
        others.addAll(partition.otherDamages());
    }

    private void add(SegmentState segment, Output output) {
        segments.add(segment);
        progress.passed(segment.sizeInBytes());
        if (json) {
            output.line(Json.of(toJson(segment)));
        }
    }

    private void print(Output output) {
        Table table = Table.of("SEGMENT", "BATCHES", "RECORDS", "BYTES", "END", "PROBLEMS");
        for (SegmentState segment : segments) {
            table.row(LogFiles.shortName(segment.file()), segment.batches(), segment.records(), segment.sizeInBytes(),
                    segment.endOffset(), segment.damages().size());
        }
        table.print(output);
        for (SegmentState segment : segments) {
            segment.damages().forEach(damage -> output.line(describe(damage)));
        }
        others.forEach(damage -> output.line(describe(damage)));
    }

    static String describe(Damage damage) {
        return damage.file() + (damage.position() < 0 ? "" : " at position " + damage.position()) + ": "
                + damage.what();
    }

    private static Object toJson(SegmentState segment) {
        List<Object> problems = new ArrayList<>();
        for (Damage damage : segment.damages()) {
            problems.add(Json.object("file", String.valueOf(damage.file().getFileName()), "position", damage.position(),
                    "what", damage.what()));
        }
        return Json.object("segment", segment.file().toString(), "batches", segment.batches(), "records",
                segment.records(), "bytes", segment.sizeInBytes(), "endOffset", segment.endOffset(), "problems",
                problems);
    }

    static Object toJson(Damage damage) {
        return Json.object("file", damage.file().toString(), "position", damage.position(), "what", damage.what());
    }
}
