package io.girok.log;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Saves many logs at one go and closes them: with two syncs of the file system in place of several for each log. Used
/// by one thread, at the stop of the broker.
///
/// ```
/// write the small files beside their places ── sync ── rename them into place ── sync ── the logs are saved
/// ```
///
/// A crash in between leaves what was there before.
final class MassClose {
    /// With fewer logs, syncing each is cheaper.
    static final int MIN_LOGS = 32;

    private final Disk disk;
    private final Path path;
    private final List<Closing> closings = new ArrayList<>();

    private record Closing(PartitionStore store, FlushWork work) {}

    MassClose(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /// Closes the stores; answers whether all of them were saved.
    boolean run(List<PartitionStore> stores) throws IOException {
        boolean isSaved = true;
        for (PartitionStore store : stores) {
            FlushWork work = store.captureLast();
            if (work.prepare(disk, store.directory())) {
                closings.add(new Closing(store, work));
            } else {
                isSaved = false;
                store.abandon();
            }
        }
        if (disk.syncFileSystem(path)) {
            for (Closing closing : closings) {
                closing.work().install(disk, closing.store().directory());
            }
            disk.syncFileSystem(path);
            for (Closing closing : closings) {
                closing.store().closeSaved(closing.work());
            }
        } else {
            for (Closing closing : closings) {
                isSaved &= closing.store().closeWith(closing.work());
            }
        }
        return isSaved;
    }
}
