package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The budget of open files (`max.open.segments`): files that nobody uses stay open until others need their place, the
/// least recently used first. Thread-safe: shared by all shards, so its few fields are behind a lock that is never held
/// while the disk works.
///
/// A file that is being read, written or sent is leased and stays open; only leases can exceed the budget, and for as
/// long as they last.
public final class OpenFiles {
    private final Disk disk;
    private final int maxOpen;
    /// Open files without a lease, the least recently used first.
    private final LinkedHashSet<LogFile> idle = new LinkedHashSet<>();
    private int openCount;

    /// @param maxOpen at least 1
    public OpenFiles(Disk disk, int maxOpen) {
        this.disk = disk;
        this.maxOpen = Math.max(1, maxOpen);
    }

    /// Files open now.
    public synchronized int openCount() {
        return openCount;
    }

    /// Keeps `file` open until as many calls of [#release].
    DiskFile lease(LogFile file) throws IOException {
        synchronized (this) {
            DiskFile open = file.open;
            if (open != null) {
                file.leases++;
                idle.remove(file);
                return open;
            }
        }
        DiskFile opened = disk.open(file.path(), file.access());
        List<DiskFile> surplus = new ArrayList<>(1);
        DiskFile result;
        synchronized (this) {
            DiskFile other = file.open;
            if (other == null) {
                file.open = opened;
                openCount++;
                result = opened;
            } else {
                surplus.add(opened);
                result = other;
            }
            file.leases++;
            idle.remove(file);
            evict(surplus);
        }
        close(surplus);
        return result;
    }

    void release(LogFile file) throws IOException {
        List<DiskFile> surplus;
        synchronized (this) {
            file.leases--;
            if (0 < file.leases) {
                return;
            }
            idle.add(file);
            if (!file.isClosing && openCount <= maxOpen) {
                return;
            }
            surplus = new ArrayList<>(1);
            if (file.isClosing) {
                closeIdle(file, surplus);
            }
            evict(surplus);
        }
        close(surplus);
    }

    /// Closes the file when nobody uses it (any more). It may be leased again later.
    void close(LogFile file) throws IOException {
        List<DiskFile> surplus = new ArrayList<>(1);
        synchronized (this) {
            if (file.open == null) {
                return;
            }
            if (0 < file.leases) {
                file.isClosing = true;
                return;
            }
            closeIdle(file, surplus);
        }
        close(surplus);
    }

    private void evict(List<DiskFile> surplus) {
        while (maxOpen < openCount && !idle.isEmpty()) {
            closeIdle(idle.getFirst(), surplus);
        }
    }

    private void closeIdle(LogFile file, List<DiskFile> surplus) {
        idle.remove(file);
        DiskFile open = file.open;
        if (open != null) {
            surplus.add(open);
            file.open = null;
            openCount--;
        }
        file.isClosing = false;
    }

    private static void close(List<DiskFile> files) throws IOException {
        for (DiskFile file : files) {
            file.close();
        }
    }
}
