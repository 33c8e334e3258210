package io.girok.cli;

import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.base.PartitionName;
import io.girok.files.CleanedOffsets;
import io.girok.files.FileNames;
import io.girok.files.MetaProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok log compaction`.
@Command(name = "compaction", description = {
    "Show how far the compacted logs of a log directory are clean, the dirtiest first. Reads names, sizes and one "
            + "checkpoint only, while the broker runs or not.",
    "What is to be cleaned next is what lies between the clean records and the active segment."})
final class LogCompaction implements Callable<Integer> {
    private static final double PERCENT = 100;

    @Parameters(paramLabel = "DIRECTORY", arity = "1..*", description = "Log directories.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object a line.")
    boolean json;

    private final Disk disk = new FileDisk();

    /// @param cleanBytes of segments that the last cleaning has left
    /// @param dirtyBytes of closed segments that no cleaning has seen
    private record Progress(Path directory, PartitionName partition, long cleanOffset, long cleanBytes,
            long dirtyBytes) {
        double dirtyPercent() {
            return cleanBytes + dirtyBytes == 0 ? 0 : PERCENT * dirtyBytes / (cleanBytes + dirtyBytes);
        }
    }

    @Override
    public Integer call() {
        List<Progress> all = new ArrayList<>();
        for (Path path : paths) {
            try {
                if (!LogFiles.isLogDirectory(disk, path)) {
                    throw Failure.of("'" + path + "' is not a log directory: it has no " + MetaProperties.FILE_NAME);
                }
                all.addAll(read(path));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        all.sort((a, b) -> Double.compare(b.dirtyPercent(), a.dirtyPercent()));
        try (Output output = Output.standard()) {
            if (json) {
                all.forEach(progress -> output.line(Json.of(toJson(progress))));
            } else {
                Table table = Table.of("PARTITION", "CLEAN BELOW", "CLEAN BYTES", "DIRTY BYTES", "DIRTY %");
                all.forEach(progress -> table.row(progress.partition, progress.cleanOffset, progress.cleanBytes,
                        progress.dirtyBytes, Math.round(progress.dirtyPercent())));
                table.print(output);
            }
        }
        return 0;
    }

    private List<Progress> read(Path directory) throws IOException {
        CleanedOffsets cleaned = new CleanedOffsets(disk, directory);
        cleaned.read();
        List<Progress> all = new ArrayList<>();
        for (PartitionName name : cleaned.names()) {
            Path log = FileNames.directory(directory, name);
            if (disk.isDirectory(log)) {
                all.add(progress(directory, name, log, cleaned.of(name)));
            }
        }
        return all;
    }

    private Progress progress(Path directory, PartitionName name, Path log, long cleanOffset) throws IOException {
        TreeMap<Long, Long> sizes = new TreeMap<>();
        for (String file : disk.list(log)) {
            OptionalLong base = FileNames.offset(file, FileNames.LOG);
            if (base.isPresent()) {
                sizes.put(base.getAsLong(), disk.size(log.resolve(file)));
            }
        }
        // The active segment is never cleaned.
        sizes.pollLastEntry();
        return new Progress(directory, name, cleanOffset, sum(sizes.headMap(cleanOffset)),
                sum(sizes.tailMap(cleanOffset)));
    }

    private static long sum(Map<Long, Long> sizes) {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Object toJson(Progress progress) {
        return Json.object("directory", progress.directory.toString(), "topic", progress.partition.topic(), "partition",
                progress.partition.index(), "cleanBelow", progress.cleanOffset, "cleanBytes", progress.cleanBytes,
                "dirtyBytes", progress.dirtyBytes);
    }
}
