package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Removes the files of segments: in the background, or at once, off the shards or where a shard may block.
/// Thread-safe.
///
/// Files are found by their names, so whoever begins a log anew where they are lets what is under way [#settle] first:
/// a deletion that comes late would take the new log's segments.
final class SegmentDeletion {
    private final LogDirectory home;
    private final Executor pool;
    /// The last deletion of each log that may have one under way.
    private final Map<PartitionName, Once> underWay = new ConcurrentHashMap<>();

    SegmentDeletion(LogDirectory home, Executor pool) {
        this.home = home;
        this.pool = pool;
    }

    /// Removes segments that are no longer in the log, in the background. On the log's shard.
    void later(PartitionName name, List<Segment> segments, long delayMs) {
        Once earlier = underWay.get(name);
        Once deletion = new Once(() -> {
            if (earlier != null) {
                earlier.run();
            }
            delete(name, segments, delayMs);
        });
        underWay.put(name, deletion);
        pool.execute(() -> {
            deletion.run();
            underWay.remove(name, deletion);
        });
    }

    boolean isUnderWay(PartitionName name) {
        return underWay.containsKey(name);
    }

    /// Waits for what is under way, or does it here. Blocks.
    void settle(PartitionName name) {
        Once deletion = underWay.get(name);
        if (deletion != null) {
            deletion.run();
        }
    }

    /// Work that the pool and a [#settle] may both come to do: the first does it and the second waits.
    private static final class Once {
        private @Nullable Runnable work;

        Once(Runnable work) {
            this.work = work;
        }

        synchronized void run() {
            Runnable due = work;
            work = null;
            if (due != null) {
                due.run();
            }
        }
    }

    /// The start offset is durable before a file goes, and the names that stay are: a crash in between leaves no hole.
    /// On a full disk the files go all the same: it is what makes room, and a log never starts before its first
    /// segment.
    private void delete(PartitionName name, List<Segment> segments, long delayMs) {
        Path directory = FileNames.directory(home.path(), name);
        Disk disk = home.disk();
        try {
            if (disk.isDirectory(directory) && home.isInUse()) {
                home.writeCheckpoints();
                disk.syncDirectory(directory);
                List<Path> renamed = rename(segments, disk);
                disk.syncDirectory(directory);
                home.discards().unlinkLater(renamed, delayMs);
            }
        } catch (IOException e) {
            if (disk.isDirectory(directory)) {
                home.failed(name, e);
            }
        }
    }

    /// Removes at once, for segments that must not come back: the log has been cut before them.
    static void deleteNow(Segment segment, Disk disk) throws IOException {
        segment.close();
        for (LogFile file : segment.files()) {
            disk.delete(file.path());
        }
    }

    /// Renames the files so that no later open takes them for a part of the log; answers what is to be unlinked. Files
    /// that are gone, because the whole partition is, do not matter.
    static List<Path> rename(List<Segment> segments, Disk disk) throws IOException {
        List<Path> renamed = new ArrayList<>();
        for (Segment segment : segments) {
            segment.close();
            for (LogFile file : segment.files()) {
                Path target = file.path().resolveSibling(file.path().getFileName() + FileNames.DELETED);
                if (disk.exists(file.path())) {
                    file.rename(target);
                    renamed.add(target);
                }
            }
        }
        return renamed;
    }
}
