package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.files.DirectoryMarks;
import io.girok.files.Marks;
import io.girok.journal.Journal;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Saves the logs of a directory and how far they have come, one round at a time: each log on its shard says what there
/// is to save, the pool saves it, the marks are written, and then the journal's room is used again. Thread-safe.
final class Checkpoints {
    private final LogDirectory directory;
    private final LogEnvironment environment;
    private final DirectoryMarks marks;
    private final Journal journal;
    private final JournalRemains remains;
    private final AtomicBoolean isRunning = new AtomicBoolean();

    Checkpoints(LogDirectory directory, LogEnvironment environment, DirectoryMarks marks, Journal journal,
            JournalRemains remains) {
        this.directory = directory;
        this.environment = environment;
        this.marks = marks;
        this.journal = journal;
        this.remains = remains;
    }

    private interface Saving {
        void save(List<PartitionName> changed) throws IOException;
    }

    /// Saves everything in the background.
    void saveAll() {
        start(changed -> marks.writeIfChanged());
    }

    /// Saves what changed, at a price that does not depend on how many partitions there are.
    void saveChanged() {
        start(marks::save);
    }

    private void start(Saving saving) {
        if (directory.isInUse() && isRunning.compareAndSet(false, true)) {
            var _ = run(directory.openLogs().all(), saving).whenComplete((done, failure) -> isRunning.set(false));
        }
    }

    /// Saves these.
    CompletableFuture<Void> save(Collection<PartitionStore> stores) {
        return run(stores, marks::save);
    }

    private CompletableFuture<Void> run(Collection<PartitionStore> stores, Saving saving) {
        Queue<PartitionName> changed = new ConcurrentLinkedQueue<>();
        Queue<Flusher.Lent> flushes = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> captured = new ArrayList<>();
        List<CompletableFuture<Void>> saved = new ArrayList<>();
        for (PartitionStore store : stores) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            saved.add(done);
            captured.add(CompletableFuture.runAsync(() -> store.lendCheckpoint(isChanged -> {
                if (isChanged) {
                    changed.add(store.name());
                }
                done.complete(null);
            }).ifPresent(flushes::add), store.shard()));
        }
        MassFlush together = new MassFlush(environment.disk(), directory.path());
        return all(captured).thenRunAsync(() -> {
            together.run(List.copyOf(flushes));
            flushes.forEach(Flusher.Lent::report);
        }, environment.blockingPool())
                .thenCompose(done -> all(saved))
                .thenRunAsync(() -> finish(saving, List.copyOf(changed)), environment.blockingPool());
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    private void finish(Saving saving, List<PartitionName> changed) {
        try {
            if (directory.isInUse() && saveWhereThereIsRoom(saving, changed)) {
                journal.release(this::savedUpTo);
                if (journal.isLong()) {
                    moveOutWhereThereIsRoom();
                    journal.release(this::savedUpTo);
                }
            }
        } catch (IOException e) {
            directory.fail("writing the checkpoints failed", e);
        }
    }

    /// Of logs that will not be saved.
    private void moveOutWhereThereIsRoom() throws IOException {
        try {
            remains.moveOut();
        } catch (IOException e) {
            if (directory.isInUse() && !directory.isFull(e, 0)) {
                throw e;
            }
            directory.space().noteFull(e);
        }
    }

    /// Below which offset a partition needs no journal any more.
    private long savedUpTo(JournalKey key) {
        if (!journal.left(key).isEmpty()) {
            return -1;
        }
        Marks of = marks.find(key.name());
        return of == null ? Long.MAX_VALUE : of.checkpointedRecoveryPoint();
    }

    /// Writes the marks now. Answers whether there was room for them.
    boolean writeWhereThereIsRoom() throws IOException {
        return saveWhereThereIsRoom(changed -> marks.writeIfChanged(), List.of());
    }

    /// On a full disk the last checkpoints stand: a crash costs more then, and nothing is lost.
    private boolean saveWhereThereIsRoom(Saving saving, List<PartitionName> changed) throws IOException {
        try {
            saving.save(changed);
            return true;
        } catch (IOException e) {
            if (!directory.isFull(e, 0)) {
                throw e;
            }
            directory.space().noteFull(e);
            return false;
        }
    }
}
