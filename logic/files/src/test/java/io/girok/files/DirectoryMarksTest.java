package io.girok.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.PartitionName;
import io.girok.base.simulated.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryMarksTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final PartitionName ORDERS = new PartitionName("orders", 1);
    private static final PartitionName CLICKS = new PartitionName("clicks", 0);

    private final MemoryDisk disk = new MemoryDisk();

    @BeforeEach
    void makeTheDirectory() throws IOException {
        disk.createDirectories(DIRECTORY);
        disk.syncDirectory(Path.of("/"));
    }

    /// So many that one of them is written as a line.
    private void addOthers(DirectoryMarks marks) throws IOException {
        for (int index = 0; index < 20; index++) {
            marks.add(new PartitionName("others", index), new Marks(1, 0, 1));
        }
    }

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(50, 10, 40));
        marks.write();
        disk.crash(new SplittableRandom(1));

        assertMarks(read(), ORDERS, 50, 10, 40);
    }

    @Test
    void aLineCountsMoreThanTheFiles() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(50, 10, 40));
        marks.add(CLICKS, new Marks(5, 0, 5));
        marks.write();
        progress(marks, ORDERS, 70);
        progress(marks, ORDERS, 90);
        disk.crash(new SplittableRandom(1));

        DirectoryMarks found = read();

        assertMarks(found, ORDERS, 90, 10, 90);
        assertMarks(found, CLICKS, 5, 0, 5);
        assertThat(found.find(ORDERS).checkpointedRecoveryPoint()).isEqualTo(90);
    }

    @Test
    void theFilesHoldWhatTheLinesSaid() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(50, 10, 40));
        progress(marks, ORDERS, 70);
        marks.write();

        assertThat(disk.list(DIRECTORY)).doesNotContain(DirectoryMarks.LATEST);
        assertMarks(read(), ORDERS, 70, 10, 70);
    }

    @Test
    void aTornLineAndWhatFollowsIsPassedOver() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(50, 10, 40));
        marks.write();
        progress(marks, ORDERS, 70);
        long whole = disk.size(DIRECTORY.resolve(DirectoryMarks.LATEST));
        progress(marks, ORDERS, 90);
        try (DiskFile file = disk.open(DIRECTORY.resolve(DirectoryMarks.LATEST), Disk.Access.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[]{'x'}), whole + 3);
        }

        assertMarks(read(), ORDERS, 70, 10, 70);
        // Read once more: what follows the torn line must not come to life.
        assertMarks(read(), ORDERS, 70, 10, 70);
    }

    @Test
    void aLogThatBeginsAnewIsNotVouchedForByALine() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(0, 0, 0));
        progress(marks, ORDERS, 70);
        marks.remove(ORDERS);
        marks.add(ORDERS, new Marks(0, 0, 0));
        disk.crash(new SplittableRandom(1));

        assertThat(read().find(ORDERS)).isNull();
    }

    @Test
    void nothingIsWrittenWhenNothingChanged() throws IOException {
        DirectoryMarks marks = read();
        addOthers(marks);
        marks.add(ORDERS, new Marks(50, 10, 40));
        marks.writeIfChanged();
        disk.delete(DIRECTORY.resolve(DirectoryMarks.RECOVERY_POINTS));

        marks.writeIfChanged();
        assertThat(disk.list(DIRECTORY)).doesNotContain(DirectoryMarks.RECOVERY_POINTS);
        marks.find(ORDERS).setStartOffset(20);
        marks.writeIfChanged();

        assertThat(disk.list(DIRECTORY)).contains(DirectoryMarks.RECOVERY_POINTS);
    }

    @Test
    void aRemovalThatAnotherThreadIsWritingIsAwaited() throws Exception {
        CountDownLatch isSyncing = new CountDownLatch(1);
        CountDownLatch maySync = new CountDownLatch(1);
        DirectoryMarks marks = DirectoryMarks.read(syncing(() -> {
            isSyncing.countDown();
            maySync.await();
            return true;
        }), DIRECTORY);
        marks.add(ORDERS, new Marks(50, 10, 40));
        marks.remove(ORDERS);
        Thread writing = Thread.ofPlatform().start(() -> writeRemoved(marks));
        isSyncing.await();
        Thread other = Thread.ofPlatform().start(() -> writeRemoved(marks));

        while (other.isAlive() && other.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        assertThat(other.isAlive()).as("while the files are not durable").isTrue();

        maySync.countDown();
        writing.join();
        other.join();
    }

    private static void writeRemoved(DirectoryMarks marks) {
        try {
            marks.writeRemoved();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The disk, with this to do before each directory is synced.
    private Disk syncing(Callable<?> before) {
        return (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[]{Disk.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("syncDirectory")) {
                        before.call();
                    }
                    return method.invoke(disk, arguments);
                });
    }

    private static void progress(DirectoryMarks marks, PartitionName name, long offset) throws IOException {
        Marks of = marks.find(name);
        of.setRecoveryPoint(offset);
        of.setHighWatermark(offset);
        marks.save(List.of(name));
    }

    private DirectoryMarks read() throws IOException {
        return DirectoryMarks.read(disk, DIRECTORY);
    }

    private static void assertMarks(DirectoryMarks marks, PartitionName name, long recoveryPoint, long startOffset,
            long highWatermark) {
        assertThat(marks.find(name)).satisfies(found -> {
            assertThat(found.recoveryPoint()).isEqualTo(recoveryPoint);
            assertThat(found.startOffset()).isEqualTo(startOffset);
            assertThat(found.highWatermark()).isEqualTo(highWatermark);
        });
    }
}
