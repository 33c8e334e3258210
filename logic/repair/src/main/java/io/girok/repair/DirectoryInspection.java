package io.girok.repair;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.FileNames;
import io.girok.journal.Journal;
import io.girok.journal.JournalCopy;
import io.girok.journal.JournalEntry;
import io.girok.journal.JournalKey;
import io.girok.repair.PartitionInspection.SegmentState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// A log directory and every partition in it, as [PartitionInspection] sees them. Immutable.
///
/// @param journal what the journal holds, and its copies for logs that are offline
/// @param copies damaged ones of logs whose directories are gone
public record DirectoryInspection(Path directory, Checkpoints checkpoints, List<PartitionInspection> partitions,
        Map<JournalKey, List<JournalEntry>> journal, List<Damage> copies) {
    /// @param readsRecords whether every record is unpacked as well
    /// @param progress told of each segment that was read
    public static DirectoryInspection of(Disk disk, Path directory, boolean readsRecords,
            Consumer<SegmentState> progress) {
        try {
            Checkpoints checkpoints = Checkpoints.read(disk, directory);
            List<PartitionInspection> partitions = new ArrayList<>();
            List<Damage> copies = new ArrayList<>();
            Map<JournalKey, List<JournalEntry>> journal = new LinkedHashMap<>(Journal.read(disk, directory));
            for (String entry : disk.list(directory)) {
                Path path = directory.resolve(entry);
                Optional<PartitionName> name = FileNames.partition(entry);
                if (name.isPresent() && disk.isDirectory(path)) {
                    partitions.add(
                            PartitionInspection.of(disk, name.get(), path, checkpoints, readsRecords, progress));
                    // The partition tells if it is damaged.
                    var _ = readCopy(disk, JournalCopy.in(path), journal);
                } else if (JournalCopy.isBeside(entry)) {
                    copies.addAll(readCopy(disk, path, journal));
                }
            }
            return new DirectoryInspection(directory, checkpoints, partitions, journal, copies);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Answers what is wrong with it.
    private static List<Damage> readCopy(Disk disk, Path copy, Map<JournalKey, List<JournalEntry>> journal)
            throws IOException {
        try {
            // All of it: what the journal may still have is in there.
            journal.putAll(JournalCopy.read(disk, copy));
            return List.of();
        } catch (JournalCopy.Damaged e) {
            return List.of(Damage.of(Damage.Kind.JOURNAL_COPY, copy, String.valueOf(e.getMessage())));
        }
    }

    public List<Damage> damages() {
        Stream<Damage> ofPartitions = partitions.stream().flatMap(it -> it.damages().stream());
        return Stream.of(checkpoints.damages().stream(), ofPartitions, copies.stream())
                .flatMap(Function.identity())
                .toList();
    }
}
