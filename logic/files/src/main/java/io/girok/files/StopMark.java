package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the last stop has left of a log directory: everything saved, or everything but some logs, which a file lists;
/// without either, it was a crash. Taken away before anything is written. Blocks.
public final class StopMark {
    /// There after a clean stop only; Apache Kafka's too.
    public static final String CLEAN = ".kafka_cleanshutdown";
    /// The logs that are not saved, one in a line, as their directories are called.
    public static final String UNSAVED = "girok-unsaved";

    private static final Logger LOG = LoggerFactory.getLogger(StopMark.class);

    private StopMark() {}

    /// The logs that must be checked; empty after a crash, when all must.
    public static Optional<Set<PartitionName>> read(Disk disk, Path directory) throws IOException {
        if (disk.exists(directory.resolve(CLEAN))) {
            return Optional.of(Set.of());
        }
        Optional<List<String>> lines = TextFile.readLines(disk, directory.resolve(UNSAVED));
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Set<PartitionName> unsaved = new HashSet<>();
        for (String line : lines.get()) {
            Optional<PartitionName> name = FileNames.partition(line);
            if (name.isEmpty()) {
                LOG.warn("'{}' has the line '{}', which is no partition: every log is checked",
                        directory.resolve(UNSAVED), line);
                return Optional.empty();
            }
            unsaved.add(name.get());
        }
        return Optional.of(unsaved);
    }

    /// Durable when it returns. What the checkpoints and the journal have to say must be so before. On a full disk
    /// there is no mark.
    public static void write(Disk disk, Path directory, Set<PartitionName> unsaved) throws IOException {
        try {
            if (unsaved.isEmpty()) {
                TextFile.replace(disk, directory.resolve(CLEAN), List.of("{\"version\":0,\"brokerEpoch\":-1}"));
            } else {
                TextFile.replace(disk, directory.resolve(UNSAVED),
                        unsaved.stream().map(PartitionName::toString).sorted().toList());
            }
            disk.syncDirectory(directory);
        } catch (IOException e) {
            if (!FreeSpace.isFull(e, disk, directory, 0)) {
                throw e;
            }
            LOG.warn("log directory '{}': no room for the mark of a clean stop; the next start recovers: {}", directory,
                    e.getMessage());
        }
    }

    public static void remove(Disk disk, Path directory) throws IOException {
        boolean wasThere = disk.delete(directory.resolve(CLEAN));
        wasThere |= disk.delete(directory.resolve(UNSAVED));
        if (wasThere) {
            disk.syncDirectory(directory);
        }
    }
}
