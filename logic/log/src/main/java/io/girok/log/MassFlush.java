package io.girok.log;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Saves many logs at one go, with two syncs of the file system in place of several for each log. Runs on the blocking
/// pool.
///
/// ```
/// write the small files beside their places ── sync ── rename them into place ── sync ── the logs are saved
/// ```
///
/// A crash in between leaves what was there before.
final class MassFlush {
    /// With fewer logs, syncing each is cheaper.
    static final int MIN_LOGS = 32;

    private final Disk disk;
    private final Path path;

    MassFlush(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /// Saves all of them; each knows then how it went.
    void run(List<Flusher.Lent> flushes) {
        if (flushes.size() < MIN_LOGS) {
            flushes.forEach(Flusher.Lent::runAlone);
        } else {
            runTogether(flushes);
        }
    }

    private void runTogether(List<Flusher.Lent> flushes) {
        List<Flusher.Lent> prepared = new ArrayList<>(flushes.size());
        List<Flusher.Lent> unsaved = new ArrayList<>(0);
        try {
            for (Flusher.Lent flush : flushes) {
                (flush.prepare() ? prepared : unsaved).add(flush);
            }
            if (!disk.syncFileSystem(path)) {
                // The machine has no such call.
                flushes.forEach(Flusher.Lent::runAlone);
                return;
            }
            // Their records are durable from here on, although there was no room for the rest.
            unsaved.forEach(flush -> flush.end(false, null));
            for (Flusher.Lent flush : prepared) {
                flush.install();
            }
            disk.syncFileSystem(path);
            end(prepared, null);
        } catch (IOException e) {
            end(flushes, e);
        }
    }

    private static void end(List<Flusher.Lent> flushes, @Nullable IOException failure) {
        flushes.forEach(flush -> flush.end(true, failure));
    }
}
