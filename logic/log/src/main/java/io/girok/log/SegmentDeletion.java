package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Removes the files of segments. Used off the shards, or where a shard may block.
final class SegmentDeletion {
    private SegmentDeletion() {}

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
                    renameIfThere(file, target);
                    renamed.add(target);
                }
            }
        }
        return renamed;
    }

    private static void renameIfThere(LogFile file, Path target) throws IOException {
        try {
            file.rename(target);
        } catch (NoSuchFileException e) {
            // The partition's directory was renamed in between: the files go with it.
            return;
        }
    }
}
