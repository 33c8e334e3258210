package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The note in a log directory that what is acknowledged there need not be on the disk (`durability=os`), and in which
/// run of the machine: for as long as that lasts, nothing is lost with the process. Or that some of it is missing
/// whatever runs: a repair took it out, or the journal was damaged. Blocks. Stateless.
public final class UnsyncedRun {
    public static final String FILE = "girok-unsynced";

    /// In place of the run: something is missing, whatever runs.
    private static final String LOST = "lost";

    private static final Logger LOG = LoggerFactory.getLogger(UnsyncedRun.class);

    private UnsyncedRun() {}

    /// Whether nothing of what was acknowledged can be missing, after a stop that was clean or not.
    public static boolean isWhole(Disk disk, Path directory, boolean wasClean) throws IOException {
        Optional<List<String>> noted = TextFile.readLines(disk, directory.resolve(FILE));
        if (noted.isEmpty()) {
            return true;
        }
        boolean runsOn = !disk.machineRun().isEmpty() && noted.get().equals(List.of(disk.machineRun()));
        return !noted.get().equals(List.of(LOST)) && (wasClean || runsOn);
    }

    /// What was acknowledged is about to be taken out by whoever repairs the directory. Durable when it returns.
    public static void noteTaken(Disk disk, Path directory) throws IOException {
        write(disk, directory, LOST);
    }

    /// From now on not all is synced that is acknowledged. Durable when it returns.
    public static void note(Disk disk, Path directory) throws IOException {
        note(disk, directory, disk.machineRun());
    }

    /// What was acknowledged may be missing, until [#note] says that nobody counts on it. Durable when it returns.
    public static void noteLost(Disk disk, Path directory) throws IOException {
        note(disk, directory, LOST);
    }

    private static void note(Disk disk, Path directory, String what) throws IOException {
        try {
            write(disk, directory, what);
        } catch (IOException e) {
            if (!FreeSpace.isFull(e, disk, directory, 0)) {
                throw e;
            }
            LOG.warn("log directory '{}': no room for the note that not all is synced: {}", directory, e.getMessage());
        }
    }

    private static void write(Disk disk, Path directory, String what) throws IOException {
        TextFile.replace(disk, directory.resolve(FILE), List.of(what));
        disk.syncDirectory(directory);
    }

    /// After a stop that has synced everything.
    public static void forget(Disk disk, Path directory) throws IOException {
        if (disk.delete(directory.resolve(FILE))) {
            disk.syncDirectory(directory);
        }
    }
}
