package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.base.SyncFailed;
import io.girok.files.DirectoryMarks;
import io.girok.files.FileNames;
import io.girok.files.Marks;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes closed logs over that come from other log directories (KIP-113). Thread-safe.
public final class Arrivals {
    private static final Logger LOGGER = LoggerFactory.getLogger(Arrivals.class);

    private final LogDirectory directory;

    Arrivals(LogDirectory directory) {
        this.directory = directory;
    }

    /// Where a copy of the partition's files may be made until it is [#adopt]ed; a start removes it.
    public Path futurePathOf(PartitionName name) {
        return directory.discards().fresh(name, FileNames.FUTURE_DIRECTORY);
    }

    /// Makes sure that so many bytes of a copy leave what clients must leave of the disk (`log.dir.min.free.bytes`).
    /// May block.
    ///
    /// @throws IOException when they do not
    public void checkRoomFor(long bytes) throws IOException {
        FreeSpace space = directory.space();
        if (!space.leavesFloorAfter(bytes)) {
            throw new IOException("the disk of '" + directory.path() + "' has " + space.freeBytes()
                    + " bytes free, of which " + space.floorBytes() + " are to stay so (log.dir.min.free.bytes), and "
                    + bytes + " bytes are to be copied; make room there, and move it again");
        }
    }

    /// So many bytes of a copy were written.
    public void wrote(long bytes) {
        directory.space().wrote(bytes);
    }

    /// Puts the copy of a closed log, whose files are durable, in its place. Blocks.
    ///
    /// @throws StorageFailed when a sync fails, or what follows once the copy is in its place, which must not be used
    ///         there while the log goes on elsewhere: this directory fails with it
    public void adopt(PartitionName name, Path future, LogDirectory from) throws IOException {
        boolean isInPlace = false;
        try {
            // It may have been here before, and was cut elsewhere.
            directory.journal().dismiss(key -> key.name().equals(name));
            takeMarks(name, from.marks());
            directory.disk().rename(future, FileNames.directory(directory.path(), name));
            isInPlace = true;
            directory.disk().syncDirectory(directory.path());
        } catch (IOException e) {
            if (isInPlace || e instanceof SyncFailed) {
                throw directory.fail("taking over log '" + name + "' failed", e);
            }
            // They would have it missed.
            directory.marks().remove(name);
            throw e;
        }
        directory.noteArrived(name);
    }

    private void takeMarks(PartitionName name, DirectoryMarks from) throws IOException {
        DirectoryMarks marks = directory.marks();
        Marks of = from.find(name);
        if (of != null) {
            marks.add(name, new Marks(of.recoveryPoint(), of.startOffset(), of.highWatermark()));
            marks.cleaned().set(name, from.cleaned().of(name));
        }
        marks.write();
    }

    /// Removes a copy that will not be adopted, in the background.
    public void discard(Path future) {
        if (directory.disk().isDirectory(future)) {
            directory.discards().removeSoon(future);
        }
    }

    /// Whether there is anything of the partition here, in files or in the journal, and not only a note that there was.
    public boolean isHere(PartitionName name) {
        return directory.isOnDisk(name)
                || directory.journal().leftKeys().stream().anyMatch(key -> key.name().equals(name));
    }

    /// About where the partition's log ends, by its files and the journal: of two copies, the one that was written to
    /// since goes further. Blocks.
    public long reach(PartitionName name) {
        Marks known = directory.marks().find(name);
        long end = Math.max(known == null ? 0 : known.recoveryPoint(), endOfFiles(name));
        for (JournalKey key : directory.journal().leftKeys()) {
            if (key.name().equals(name)) {
                end = Math.max(end, directory.journal().left(key).getLast().endOffset());
            }
        }
        return end;
    }

    private long endOfFiles(PartitionName name) {
        if (!directory.isOnDisk(name)) {
            return 0;
        }
        Disk disk = directory.disk();
        long[] end = {0};
        try {
            List<Path> segments = SegmentInspector.segments(disk, FileNames.directory(directory.path(), name));
            if (!segments.isEmpty()) {
                SegmentInspector last = SegmentInspector.of(disk, segments.getLast());
                end[0] = last.baseOffset();
                var _ = last.batches(batch -> end[0] = batch.isCrcValid() ? batch.lastOffset() + 1 : end[0]);
            }
        } catch (UncheckedIOException e) {
            LOGGER.warn("log '{}' in '{}': {}", name, directory.path(), e.getMessage());
        }
        return end[0];
    }
}
