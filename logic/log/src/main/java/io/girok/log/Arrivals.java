package io.girok.log;

import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.base.SyncFailed;
import io.girok.files.DirectoryMarks;
import io.girok.files.FileNames;
import io.girok.files.Marks;
import io.girok.files.StorageFailed;
import java.io.IOException;
import java.nio.file.Path;

/// Takes closed logs over that come from other log directories (KIP-113). Thread-safe.
public final class Arrivals {
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

    /// Up to where the partition's log is known to be on stable storage.
    public long recoveryPoint(PartitionName name) {
        Marks of = directory.marks().find(name);
        return of == null ? 0 : of.recoveryPoint();
    }
}
