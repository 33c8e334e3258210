package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.DirectoryMarks;
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
    private final DirectoryMarks marks;

    Discards(Path path, LogEnvironment environment, DirectoryMarks marks) {
        this.path = path;
        this.environment = environment;
        this.marks = marks;
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
        // The id keeps two of one name apart.
        String suffix = "." + environment.newIds().get() + ending;
        return path.resolve(prefix(name, suffix) + suffix);
    }

    /// Cut short, the name fits every file system.
    private static String prefix(PartitionName name, String suffix) {
        String prefix = name.toString();
        return prefix.substring(0, Math.min(prefix.length(), MAX_NAME_LENGTH - suffix.length()));
    }

    /// Whether something that was the partition's directory until it was deleted is among these.
    boolean hasLeftOf(PartitionName name, List<String> files) {
        String likeSuffix = "." + TopicId.ZERO + FileNames.DELETED_DIRECTORY;
        String prefix = prefix(name, likeSuffix) + ".";
        int length = prefix.length() - 1 + likeSuffix.length();
        return files.stream()
                .anyMatch(file -> file.length() == length && file.startsWith(prefix)
                        && file.endsWith(FileNames.DELETED_DIRECTORY));
    }

    /// Removes files after `delayMs`, in the background.
    void unlinkLater(List<Path> files, long delayMs) {
        later(delayMs, () -> unlink(files));
    }

    /// Removes a directory and what is in it after `delayMs`, in the background.
    void removeLater(Path directory, long delayMs) {
        later(delayMs, () -> remove(directory));
    }

    /// Removes those of the directory's files that an earlier process did not get to, in the background.
    void removeLeft(List<String> files) {
        for (String file : files) {
            boolean isGone = file.endsWith(FileNames.DELETED_DIRECTORY) || file.endsWith(FileNames.FUTURE_DIRECTORY);
            if (isGone && disk.isDirectory(path.resolve(file))) {
                removeSoon(path.resolve(file));
            }
        }
    }

    /// Removes a directory that nobody uses, in the background.
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
            // Until then it says that the log was deleted, and did not get lost.
            marks.writeRemoved();
            disk.delete(directory);
        } catch (IOException e) {
            LOGGER.warn("log directory '{}': {}; tried again at the next start", path, e.getMessage());
        }
    }
}
