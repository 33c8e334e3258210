package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The checkpoint files of a log directory: how far every partition in it has come. Thread-safe: any thread may write
/// them, one at a time, so that an older state never replaces a newer one.
final class DirectoryMarks {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String START_OFFSETS = "log-start-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    private final Disk disk;
    private final Path directory;
    private final Map<PartitionName, Marks> marks = new ConcurrentHashMap<>();
    /// The partitions the recovery point file speaks of. Guarded by this.
    private final Set<PartitionName> written = new HashSet<>();

    private DirectoryMarks(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    static DirectoryMarks read(Disk disk, Path directory) throws IOException {
        DirectoryMarks read = new DirectoryMarks(disk, directory);
        Map<PartitionName, Long> recoveryPoints = read.readFile(RECOVERY_POINTS);
        Map<PartitionName, Long> startOffsets = read.readFile(START_OFFSETS);
        Map<PartitionName, Long> highWatermarks = read.readFile(HIGH_WATERMARKS);
        recoveryPoints.forEach(
                (name, recoveryPoint) -> read.marks.put(
                        name,
                        new Marks(recoveryPoint, startOffsets.getOrDefault(name, 0L),
                                highWatermarks.getOrDefault(name, 0L))));
        read.written.addAll(recoveryPoints.keySet());
        return read;
    }

    private Map<PartitionName, Long> readFile(String file) throws IOException {
        Path path = directory.resolve(file);
        Map<PartitionName, Long> offsets = new HashMap<>();
        for (String[] fields : Checkpoint.read(disk, path, 3)) {
            long offset = Checkpoint.number(fields[2], path);
            PartitionName name = FileNames.partition(fields[0] + "-" + fields[1])
                    .orElseThrow(() -> new CorruptLog("checkpoint '" + path + "' names no partition: " + fields[0]));
            if (offset < 0 || offsets.put(name, offset) != null) {
                throw new CorruptLog("checkpoint '" + path + "' has a wrong offset for '" + name + "'");
            }
        }
        return offsets;
    }

    @Nullable
    Marks find(PartitionName name) {
        return marks.get(name);
    }

    /// Begins a log that was not here before. What the file says of an earlier one of that name must go first: it would
    /// vouch for records that nobody wrote yet.
    Marks create(PartitionName name, long startOffset) throws IOException {
        synchronized (this) {
            marks.remove(name);
            if (written.contains(name)) {
                write();
            }
        }
        Marks created = new Marks(0, startOffset, 0);
        marks.put(name, created);
        return created;
    }

    void remove(PartitionName name) {
        marks.remove(name);
    }

    /// Writes all three files.
    synchronized void write() throws IOException {
        List<String> recoveryPoints = new ArrayList<>(marks.size());
        List<String> startOffsets = new ArrayList<>();
        List<String> highWatermarks = new ArrayList<>(marks.size());
        Map<PartitionName, Long> writing = new HashMap<>();
        marks.forEach((name, of) -> {
            String prefix = name.topic() + " " + name.index() + " ";
            long recoveryPoint = of.recoveryPoint();
            writing.put(name, recoveryPoint);
            recoveryPoints.add(prefix + recoveryPoint);
            highWatermarks.add(prefix + of.highWatermark());
            if (0 < of.startOffset()) {
                startOffsets.add(prefix + of.startOffset());
            }
        });
        Checkpoint.write(disk, directory.resolve(START_OFFSETS), startOffsets);
        Checkpoint.write(disk, directory.resolve(HIGH_WATERMARKS), highWatermarks);
        Checkpoint.write(disk, directory.resolve(RECOVERY_POINTS), recoveryPoints);
        disk.syncDirectory(directory);
        written.clear();
        written.addAll(writing.keySet());
        writing.forEach((name, recoveryPoint) -> {
            Marks of = marks.get(name);
            if (of != null) {
                of.setCheckpointedRecoveryPoint(recoveryPoint);
            }
        });
    }
}
