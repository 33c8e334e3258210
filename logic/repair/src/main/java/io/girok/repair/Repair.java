package io.girok.repair;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.files.FailedSync;
import io.girok.files.FileNames;
import io.girok.files.TextFile;
import io.girok.files.UnsyncedRun;
import io.girok.journal.Journal;
import io.girok.journal.JournalEntry;
import io.girok.journal.JournalKey;
import io.girok.log.LogDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Does what a [RepairPlan] says. Holds the log directory's lock until it is closed; used by one thread.
///
/// A crash in between leaves a directory that a broker refuses as it did before, or starts on; the repair can be run
/// again. Every byte that was there is in the log directory or in the directory of what is set aside.
public final class Repair implements AutoCloseable {
    /// Not a partition's name, so that no broker takes the directory for one.
    public static final String ASIDE_PREFIX = "girok-repair-";
    private static final int COPY_BYTES = 1024 * 1024;

    private final Disk disk;
    private final Path directory;
    private final AutoCloseable lock;
    private final Set<Path> touched = new LinkedHashSet<>();

    private Repair(Disk disk, Path directory, AutoCloseable lock) {
        this.disk = disk;
        this.directory = directory;
        this.lock = lock;
    }

    /// Empty when another process has the log directory.
    public static Optional<Repair> lock(Disk disk, Path directory) throws IOException {
        return disk.tryLock(directory.resolve(LogDirectory.LOCK)).map(lock -> new Repair(disk, directory, lock));
    }

    /// Answers the directory of what was set aside.
    ///
    /// @param label tells this repair from others, such as the time
    public Path execute(RepairPlan plan, String label) throws IOException {
        try {
            return executeAll(plan, label);
        } catch (IOException e) {
            FailedSync.noteIfSo(e, disk, directory);
            throw e;
        }
    }

    private Path executeAll(RepairPlan plan, String label) throws IOException {
        Path aside = directory.resolve(ASIDE_PREFIX + label);
        disk.createDirectories(aside);
        disk.syncDirectory(directory);
        if (plan.partitions().stream().anyMatch(partition -> !partition.lost().isEmpty())) {
            // Before anything is: other brokers must not go by what this one says until it has caught up.
            UnsyncedRun.noteTaken(disk, directory);
        }
        // First: with segments that are cut and a journal that is not, nobody would know how to go on.
        cutJournal(plan, aside, label);
        for (RepairPlan.Partition partition : plan.partitions()) {
            for (RepairPlan.Step step : partition.steps()) {
                execute(step, aside);
            }
            syncTouched();
        }
        for (RepairPlan.Step step : plan.steps()) {
            execute(step, aside);
        }
        syncTouched();
        return aside;
    }

    private void execute(RepairPlan.Step step, Path aside) throws IOException {
        switch (step) {
            case RepairPlan.Step.SetAside(Path file, _) -> setAside(file, aside);
            case RepairPlan.Step.CutTail(Path file, long position, _) -> cutTail(file, position, aside);
            case RepairPlan.Step.Rewrite(Path file, var lines, _) -> {
                setAside(file, aside);
                TextFile.replace(disk, file, lines);
            }
            case RepairPlan.Step.CutJournal _ -> {
                // Was done before all others.
            }
        }
    }

    private void setAside(Path file, Path aside) throws IOException {
        if (disk.exists(file)) {
            disk.rename(file, place(file, aside));
        }
    }

    private void cutTail(Path file, long position, Path aside) throws IOException {
        try (DiskFile from = disk.open(file, Disk.Access.WRITE)) {
            Path place = place(file, aside);
            try (DiskFile to = disk.open(place.resolveSibling(place.getFileName() + ".from-" + position),
                    Disk.Access.CREATE)) {
                copy(from, position, to);
                to.sync();
            }
            // What is cut is safe where it went before it goes here.
            syncTouched();
            from.truncate(position);
            from.sync();
        }
    }

    private void copy(JournalKey log, List<JournalEntry> entries, Path aside) throws IOException {
        Path parent = FileNames.directory(directory, log.name());
        for (JournalEntry entry : entries) {
            Path place = place(parent.resolve(FileNames.of(entry.baseOffset(), ".journal")), aside);
            try (DiskFile to = disk.open(place, Disk.Access.CREATE)) {
                to.write(entry.read(), 0);
                to.sync();
            }
        }
    }

    private void cutJournal(RepairPlan plan, Path aside, String label) throws IOException {
        List<RepairPlan.Step.CutJournal> cuts = plan.partitions()
                .stream()
                .flatMap(partition -> partition.steps().stream())
                .filter(RepairPlan.Step.CutJournal.class::isInstance)
                .map(RepairPlan.Step.CutJournal.class::cast)
                .toList();
        if (cuts.isEmpty()) {
            return;
        }
        for (RepairPlan.Step.CutJournal cut : cuts) {
            copy(cut.log(), cut.entries(), aside);
        }
        syncTouched();
        Journal.Listener nobody = new Journal.Listener(() -> {}, failure -> {});
        Journal.Environment environment = new Journal.Environment(disk, Runnable::run,
                () -> label.hashCode(), failure -> false, Long.MAX_VALUE);
        try (Journal journal = Journal.open(environment, directory, disk.list(directory), true, nobody)) {
            for (RepairPlan.Step.CutJournal cut : cuts) {
                journal.cut(cut.log(), cut.offset());
            }
            journal.flushNow();
        }
    }

    private static void copy(DiskFile from, long position, DiskFile to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        long copied = 0;
        for (int count = from.read(buffer, position); 0 < count; count = from.read(buffer, position + copied)) {
            to.write(buffer.flip(), copied);
            copied += count;
            buffer.clear();
        }
    }

    /// The file's path below the directory of what is set aside, which is made.
    private Path place(Path file, Path aside) throws IOException {
        Path place = aside.resolve(directory.relativize(file));
        Path parent = parent(place);
        if (!disk.isDirectory(parent)) {
            disk.createDirectories(parent);
            touched.add(aside);
        }
        touched.add(parent);
        touched.add(parent(file));
        return place;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private void syncTouched() throws IOException {
        for (Path path : touched) {
            disk.syncDirectory(path);
        }
        touched.clear();
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (Exception e) {
            throw new IllegalStateException("the lock of '" + directory + "' could not be given up", e);
        }
    }
}
