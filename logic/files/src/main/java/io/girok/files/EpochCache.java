package io.girok.files;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which leader epoch wrote from which offset on (KIP-101): what a follower compares with its leader to find where
/// their logs part. Owned by the partition's shard.
///
/// Epochs and offsets both increase from entry to entry. The file, `leader-epoch-checkpoint`, is written with each
/// checkpoint; what a crash takes from it is in the batches past the recovery point.
public final class EpochCache {
    private record Entry(int epoch, long startOffset) {}

    private final List<Entry> entries = new ArrayList<>(1);
    private boolean isDirty;

    /// @throws CorruptLog when the file is not what was written
    public static EpochCache read(Disk disk, Path directory) throws IOException {
        EpochCache cache = new EpochCache();
        Path path = directory.resolve(FileNames.EPOCHS);
        for (String[] fields : Checkpoint.read(disk, path, 2)) {
            long epoch = Checkpoint.number(fields[0], path);
            long startOffset = Checkpoint.number(fields[1], path);
            if (epoch <= cache.latest() || Integer.MAX_VALUE < epoch || startOffset < 0) {
                throw new CorruptLog("checkpoint '" + path + "' has epochs that do not increase");
            }
            cache.entries.add(new Entry((int) epoch, startOffset));
        }
        return cache;
    }

    public static void write(Disk disk, Path directory, List<String> lines) throws IOException {
        Checkpoint.write(disk, directory.resolve(FileNames.EPOCHS), lines);
    }

    public List<String> lines() {
        return entries.stream().map(entry -> entry.epoch + " " + entry.startOffset).toList();
    }

    /// -1 when none is known.
    public int latest() {
        return entries.isEmpty() ? -1 : entries.getLast().epoch;
    }

    /// -1 when none is known.
    public int earliest() {
        return entries.isEmpty() ? -1 : entries.getFirst().epoch;
    }

    /// Notes that `epoch` begins at `startOffset`. Entries that this contradicts were of leaders whose records are not
    /// in this log (any more), and go.
    public void assign(int epoch, long startOffset) {
        if (epoch < 0 || (!entries.isEmpty() && entries.getLast().epoch == epoch
                && entries.getLast().startOffset <= startOffset)) {
            return;
        }
        while (!entries.isEmpty()
                && (epoch <= entries.getLast().epoch || startOffset <= entries.getLast().startOffset)) {
            entries.removeLast();
        }
        entries.add(new Entry(epoch, startOffset));
        isDirty = true;
    }

    public EpochEnd endOffsetFor(int epoch, long logEndOffset) {
        if (entries.isEmpty() || epoch < 0 || latest() < epoch) {
            return EpochEnd.UNKNOWN;
        }
        if (epoch == latest()) {
            return new EpochEnd(epoch, logEndOffset);
        }
        int above = 0;
        while (entries.get(above).epoch <= epoch) {
            above++;
        }
        long endOffset = entries.get(above).startOffset;
        return new EpochEnd(above == 0 ? epoch : entries.get(above - 1).epoch, endOffset);
    }

    /// Forgets epochs that begin at `endOffset` or later.
    public void truncateFromEnd(long endOffset) {
        while (!entries.isEmpty() && endOffset <= entries.getLast().startOffset) {
            entries.removeLast();
            isDirty = true;
        }
    }

    /// Forgets epochs that end before `startOffset`.
    public void truncateFromStart(long startOffset) {
        while (1 < entries.size() && entries.get(1).startOffset <= startOffset) {
            entries.removeFirst();
            isDirty = true;
        }
        if (!entries.isEmpty() && entries.getFirst().startOffset < startOffset) {
            entries.set(0, new Entry(entries.getFirst().epoch, startOffset));
            isDirty = true;
        }
    }

    /// Whether there is something that the file does not say.
    public boolean isDirty() {
        return isDirty;
    }

    public void markDirty() {
        isDirty = true;
    }

    public boolean takeDirty() {
        boolean was = isDirty;
        isDirty = false;
        return was;
    }
}
