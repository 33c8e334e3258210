package io.girok.repair;

import io.girok.base.Disk;
import io.girok.files.Checkpoint;
import io.girok.files.FileNames;
import io.girok.log.SegmentInspector.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds a partition's file of epochs against its batches, which pass by in order, and knows what it should say. Used
/// by one thread.
final class Epochs {
    private record Entry(long epoch, long startOffset) {}

    /// A batch of an epoch below that of the batch before it.
    private record Suspect(Path segment, Batch batch) {}

    private final Path file;
    private final List<Entry> written = new ArrayList<>();
    private final List<Entry> found = new ArrayList<>();
    private final List<Damage> outliers = new ArrayList<>();
    private @Nullable Damage damage;
    private @Nullable Suspect suspect;
    private long savedTo;

    Epochs(Disk disk, Path directory) {
        this.file = directory.resolve(FileNames.EPOCHS);
        try {
            for (String[] fields : Checkpoint.read(disk, file, 2)) {
                add(new Entry(Checkpoint.number(fields[0], file), Checkpoint.number(fields[1], file)));
            }
        } catch (IOException e) {
            damage = Damage.of(Damage.Kind.EPOCHS, file, String.valueOf(e.getMessage()));
        }
    }

    private void add(Entry entry) throws IOException {
        boolean isAbove = written.isEmpty() || (written.getLast().epoch < entry.epoch
                && written.getLast().startOffset <= entry.startOffset);
        if (!isAbove || entry.startOffset < 0) {
            throw new IOException("checkpoint '" + file + "' has epochs that do not increase");
        }
        written.add(entry);
    }

    /// @param segment where the batch is
    /// @param isSaved whether the file must know of the batch already
    void pass(Path segment, Batch batch, boolean isSaved) {
        if (batch.leaderEpoch() < 0) {
            return;
        }
        if (isSaved) {
            savedTo = batch.lastOffset() + 1;
        }
        Suspect last = suspect;
        if (last != null) {
            judge(last, batch.leaderEpoch());
        }
        if (!found.isEmpty() && batch.leaderEpoch() < found.getLast().epoch) {
            suspect = new Suspect(segment, batch);
        } else if (found.isEmpty() || found.getLast().epoch < batch.leaderEpoch()) {
            found.add(new Entry(batch.leaderEpoch(), batch.baseOffset()));
        }
    }

    /// Epochs never fall: either the batch is wrong, whose epoch no CRC covers, or what came before it is. What follows
    /// tells.
    private void judge(Suspect batch, long following) {
        suspect = null;
        if (found.getLast().epoch <= following) {
            outliers.add(new Damage(Damage.Kind.RECORDS, batch.segment, batch.batch.position(), "the batch of offset "
                    + batch.batch.baseOffset() + " says that it is of epoch " + batch.batch.leaderEpoch() + ", after "
                    + found.getLast().epoch));
            return;
        }
        while (!found.isEmpty() && batch.batch.leaderEpoch() < found.getLast().epoch) {
            outliers.add(Damage.of(Damage.Kind.RECORDS, batch.segment, "batches from offset "
                    + found.getLast().startOffset + " say that they are of epoch " + found.getLast().epoch + ", before "
                    + batch.batch.leaderEpoch()));
            found.removeLast();
        }
        if (found.isEmpty() || found.getLast().epoch < batch.batch.leaderEpoch()) {
            found.add(new Entry(batch.batch.leaderEpoch(), batch.batch.baseOffset()));
        }
    }

    private long epochAt(long offset) {
        int low = 0;
        int high = written.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (written.get(middle).startOffset <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return written.get(low).epoch;
    }

    /// What is wrong, after the last batch.
    ///
    /// @param endOffset of the log, as far as it is sound
    List<Damage> end(long endOffset) {
        Suspect last = suspect;
        if (last != null) {
            judge(last, Long.MAX_VALUE);
        }
        List<Damage> damages = new ArrayList<>(outliers);
        for (int index = 0; index < found.size() && damage == null; index++) {
            long to = Math.min(savedTo, index + 1 < found.size() ? found.get(index + 1).startOffset : savedTo);
            if (found.get(index).startOffset < to) {
                check(found.get(index).startOffset, found.get(index).epoch);
                check(to - 1, found.get(index).epoch);
            }
        }
        if (damage == null && !written.isEmpty() && endOffset < written.getLast().startOffset) {
            damage = Damage.of(Damage.Kind.EPOCHS, file, "says that epoch " + written.getLast().epoch
                    + " begins at offset " + written.getLast().startOffset + ", and the log ends at " + endOffset);
        }
        Optional.ofNullable(damage).ifPresent(damages::add);
        return damages;
    }

    private void check(long offset, long epoch) {
        boolean isKnown = !written.isEmpty() && written.getFirst().startOffset <= offset;
        if (isKnown && epochAt(offset) != epoch) {
            damage = Damage.of(Damage.Kind.EPOCHS, file, "says that offset " + offset + " is of epoch "
                    + epochAt(offset) + ", and its batch is of epoch " + epoch);
        }
    }

    /// The lines that the file should have, for a log that ends at `endOffset`.
    List<String> lines(long endOffset) {
        return found.stream()
                .filter(entry -> entry.startOffset < endOffset)
                .map(entry -> entry.epoch + " " + entry.startOffset)
                .toList();
    }
}
