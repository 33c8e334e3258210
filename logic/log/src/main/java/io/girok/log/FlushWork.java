package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.files.Checkpoint;
import io.girok.files.FileNames;
import io.girok.files.ProducerSnapshotFile;
import io.girok.files.TextFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What has to be written and synced so that everything below an offset is durable: captured on the shard, done on the
/// blocking pool. Immutable.
///
/// The order holds if a crash comes in between: segments in the order of their offsets, then their names.
///
/// @param endOffset what is durable then
/// @param logs the segments with unsynced batches, in order
/// @param indexes index files with unsynced entries; only if `isDeep`
/// @param isDeep whether `endOffset` becomes the recovery point too
/// @param epochs the lines of the epoch file, if it has to be written
/// @param producers the producers' snapshot at `endOffset`, if it has to be written
/// @param hasNewFiles whether the partition's directory has to be synced
/// @param isNewDirectory whether the directory that holds it has to be synced
record FlushWork(long endOffset, List<Segment> logs, List<LogFile> indexes, boolean isDeep,
        Optional<List<String>> epochs, Optional<ByteBuffer> producers, boolean hasNewFiles, boolean isNewDirectory) {
    /// Syncs; called on the blocking pool. Answers whether epochs and producers are saved, if they were to be: a full
    /// disk keeps what it had of them, which is no reason not to go on.
    boolean run(Disk disk, Path directory, long checkpointedRecoveryPoint) throws IOException {
        for (Segment segment : logs) {
            segment.log().sync();
        }
        for (LogFile index : indexes) {
            index.sync();
        }
        boolean isSaved = save(disk, directory);
        if (isNewDirectory) {
            TextFile.sync(disk, directory.resolve(FileNames.PARTITION_METADATA));
        }
        if (hasNewFiles || isNewDirectory || epochs.isPresent() || producers.isPresent()) {
            disk.syncDirectory(directory);
        }
        Path parent = directory.getParent();
        if (isNewDirectory && parent != null) {
            disk.syncDirectory(parent);
        }
        if (producers.isPresent() && isSaved) {
            ProducerSnapshots.purge(disk, directory, checkpointedRecoveryPoint);
        }
        return isSaved;
    }

    private boolean save(Disk disk, Path directory) throws IOException {
        return whereThereIsRoom(disk, directory, TextFile::replace);
    }

    /// The first half of [#run] for many at once: everything is written, nothing is synced or in its place yet. Answers
    /// false where the disk is full.
    boolean prepare(Disk disk, Path directory) throws IOException {
        return whereThereIsRoom(disk, directory, TextFile::writeTemporary);
    }

    /// The second half, after all that was prepared is durable: puts it in its place, which has to become durable too.
    void install(Disk disk, Path directory) throws IOException {
        for (Path path : files(directory).keySet()) {
            TextFile.install(disk, path);
        }
    }

    /// What is replaced as a whole.
    private Map<Path, ByteBuffer> files(Path directory) {
        Map<Path, ByteBuffer> files = new LinkedHashMap<>();
        epochs.ifPresent(lines -> files.put(directory.resolve(FileNames.EPOCHS), Checkpoint.encode(lines)));
        producers.ifPresent(
                states -> files.put(ProducerSnapshotFile.path(directory, endOffset), states.duplicate()));
        return files;
    }

    private interface Writing {
        void write(Disk disk, Path path, ByteBuffer bytes) throws IOException;
    }

    private boolean whereThereIsRoom(Disk disk, Path directory, Writing writing) throws IOException {
        try {
            for (Map.Entry<Path, ByteBuffer> file : files(directory).entrySet()) {
                writing.write(disk, file.getKey(), file.getValue());
            }
            return true;
        } catch (IOException e) {
            if (FreeSpace.isFull(e, disk, directory, 0)) {
                return false;
            }
            throw e;
        }
    }
}
