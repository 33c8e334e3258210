package io.girok.repair;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.Checkpoint;
import io.girok.files.DirectoryMarks;
import io.girok.files.FileNames;
import io.girok.files.StopMark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the checkpoint files of a log directory say. Immutable.
///
/// @param isClean whether the directory was closed clean
/// @param hasUnsaved whether it was closed with a list of the logs that are not
/// @param hasCleaned whether there is a file of how far compacted logs are clean
/// @param hasLatest whether there is a file of what has changed since the others were written
/// @param damages files that make no sense; nothing is known from them
public record Checkpoints(Path directory, boolean isClean, boolean hasUnsaved, boolean hasCleaned, boolean hasLatest,
        Map<PartitionName, Long> recoveryPoints,
        Map<PartitionName, Long> startOffsets, Map<PartitionName, Long> highWatermarks, List<Damage> damages) {
    private static final String CLEANED = "cleaner-offset-checkpoint";

    public static Checkpoints read(Disk disk, Path directory) {
        List<Damage> damages = new ArrayList<>();
        Checkpoints read = new Checkpoints(directory, disk.exists(directory.resolve(StopMark.CLEAN)),
                disk.exists(directory.resolve(StopMark.UNSAVED)),
                disk.exists(directory.resolve(CLEANED)), disk.exists(directory.resolve(DirectoryMarks.LATEST)),
                read(disk, directory.resolve(DirectoryMarks.RECOVERY_POINTS), damages),
                read(disk, directory.resolve(DirectoryMarks.START_OFFSETS), damages),
                read(disk, directory.resolve(DirectoryMarks.HIGH_WATERMARKS), damages), damages);
        try {
            for (DirectoryMarks.Latest latest : DirectoryMarks.latest(disk, directory)) {
                read.recoveryPoints.put(latest.name(), latest.recoveryPoint());
                read.startOffsets.put(latest.name(), latest.startOffset());
                read.highWatermarks.put(latest.name(), latest.highWatermark());
            }
        } catch (IOException e) {
            damages.add(Damage.of(Damage.Kind.CHECKPOINT, directory.resolve(DirectoryMarks.LATEST),
                    String.valueOf(e.getMessage())));
        }
        return read;
    }

    Path recoveryPointFile() {
        return directory.resolve(DirectoryMarks.RECOVERY_POINTS);
    }

    Path cleanedOffsets() {
        return directory.resolve(CLEANED);
    }

    Path cleanMark() {
        return directory.resolve(StopMark.CLEAN);
    }

    Path unsaved() {
        return directory.resolve(StopMark.UNSAVED);
    }

    long startOffset(PartitionName name) {
        return startOffsets.getOrDefault(name, 0L);
    }

    boolean areRecoveryPointsKnown() {
        return damages.stream().noneMatch(damage -> damage.file().equals(recoveryPointFile()));
    }

    private static Map<PartitionName, Long> read(Disk disk, Path file, List<Damage> damages) {
        Map<PartitionName, Long> offsets = new HashMap<>();
        try {
            for (String[] fields : Checkpoint.read(disk, file, 3)) {
                long offset = Checkpoint.number(fields[2], file);
                Optional<PartitionName> name = FileNames.partition(fields[0] + "-" + fields[1]);
                if (name.isEmpty() || offset < 0 || offsets.put(name.get(), offset) != null) {
                    throw new IOException("checkpoint '" + file + "' has a line for " + fields[0] + "-" + fields[1]
                            + " that makes no sense");
                }
            }
            return offsets;
        } catch (IOException e) {
            damages.add(Damage.of(Damage.Kind.CHECKPOINT, file, String.valueOf(e.getMessage())));
            return new HashMap<>();
        }
    }
}
