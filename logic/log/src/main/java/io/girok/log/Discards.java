package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes out of a log directory what is no part of any log any more. Thread-safe.
final class Discards {
    private static final Logger LOGGER = LoggerFactory.getLogger(Discards.class);
    private static final int MAX_NAME_LENGTH = 255;

    private final Path path;
    private final LogEnvironment environment;
    private final Disk disk;

    Discards(Path path, LogEnvironment environment) {
        this.path = path;
        this.environment = environment;
        this.disk = environment.disk();
    }

    /// Gives the directory of a partition another name, durably; answers the name. Blocks.
    ///
    /// @param ending says why, such as [FileNames#STRAY_DIRECTORY]
    Path rename(PartitionName name, String ending) throws IOException {
        Path target = fresh(name, ending);
        disk.rename(FileNames.directory(path, name), target);
        disk.syncDirectory(path);
        return target;
    }

    /// A directory's name that nobody else has.
    Path fresh(PartitionName name, String ending) {
        // The id keeps two of one name apart; a name cut short fits every file system.
        String suffix = "." + environment.newIds().get() + ending;
        String prefix = name.toString();
        int most = Math.min(prefix.length(), MAX_NAME_LENGTH - suffix.length());
        return path.resolve(prefix.substring(0, most) + suffix);
    }

    /// Removes files after `delayMs`, in the background.
    void unlinkLater(List<Path> files, long delayMs) {
        later(delayMs, () -> unlink(files));
    }

    /// Removes a directory and what is in it after `delayMs`, in the background.
    void removeLater(Path directory, long delayMs) {
        later(delayMs, () -> remove(directory));
    }

    /// Removes a directory that an earlier process did not get to, in the background.
    void removeSoon(Path directory) {
        environment.blockingPool().execute(() -> remove(directory));
    }

    private void later(long delayMs, Runnable task) {
        environment.timers().schedule(delayMs, () -> environment.blockingPool().execute(task));
    }

    private void unlink(List<Path> files) {
        for (Path file : files) {
            try {
                disk.delete(file);
            } catch (IOException e) {
                LOGGER.warn("log directory '{}': {}; tried again at the next start", path, e.getMessage());
            }
        }
    }

    private void remove(Path directory) {
        try {
            for (String file : disk.list(directory)) {
                disk.delete(directory.resolve(file));
            }
            disk.delete(directory);
        } catch (IOException e) {
            LOGGER.warn("log directory '{}': {}; tried again at the next start", path, e.getMessage());
        }
    }
}
