package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.SyncFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The note in a log directory that a sync has failed there, and in which run of the machine: so long its memory shows
/// what the disk may lack, and no further sync brings it there, nor says so. Blocks. Stateless.
public final class FailedSync {
    public static final String FILE = "girok-sync-failed";

    private static final Logger LOG = LoggerFactory.getLogger(FailedSync.class);

    private FailedSync() {}

    /// Makes the note if a failed sync is what `failure` is about. Answers whether it is there then.
    public static boolean noteIfSo(IOException failure, Disk disk, Path directory) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SyncFailed) {
                return note(disk, directory);
            }
        }
        return false;
    }

    /// As well as can be on a disk that fails. It is not synced: it must not outlive the memory that it is about.
    static boolean note(Disk disk, Path directory) {
        try (DiskFile file = disk.open(directory.resolve(FILE), Disk.Access.WRITE)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap((disk.machineRun() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            return true;
        } catch (IOException e) {
            LOG.warn("log directory '{}': that a sync has failed could not be noted, so that the next start would use "
                    + "it again: {}", directory, StorageFailed.reason(e));
            return false;
        }
    }

    /// @throws IOException when a sync has failed since the machine was started
    public static void check(Disk disk, Path directory) throws IOException {
        Path note = directory.resolve(FILE);
        Optional<List<String>> noted = TextFile.readLines(disk, note);
        if (noted.isEmpty()) {
            return;
        }
        if (noted.get().equals(List.of(disk.machineRun()))) {
            throw new IOException("a sync has failed there since the machine was started, and its memory may show what "
                    + "the disk lacks; restart the machine, or unmount the file system, mount it again and delete '"
                    + note + "'");
        }
        disk.delete(note);
    }
}
