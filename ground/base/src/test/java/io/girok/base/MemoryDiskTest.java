package io.girok.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk.Access;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryDiskTest extends DiskContract {
    private static final int SEEDS = 200;
    private static final Path HOME = Path.of("/data/girok");

    private MemoryDisk disk = new MemoryDisk();

    @BeforeEach
    void makeHome() throws IOException {
        disk = new MemoryDisk();
        disk.createDirectories(HOME);
        disk.syncAll();
    }

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path home() {
        return HOME;
    }

    @Test
    void whatWasSyncedSurvivesEveryCrash() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            try (DiskFile file = disk.open(HOME.resolve("a"), Access.CREATE)) {
                file.write(bytes("hello"), 0);
                file.sync();
                disk.syncDirectory(HOME);
                file.write(ByteBuffer.allocate(10_000), 5);

                disk.crash(new SplittableRandom(seed));
            }

            assertThat(read(HOME.resolve("a"))).as("seed %d", seed).startsWith("hello");
        }
    }

    @Test
    void whatWasNotSyncedIsLostTornOrKept() throws IOException {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            Path path = HOME.resolve("a");
            write(path, "o".repeat(2_048));
            disk.syncAll();
            write(path, "n".repeat(2_048));

            disk.crash(new SplittableRandom(seed));

            String left = read(path);
            assertThat(left).hasSize(2_048);
            StringBuilder sectors = new StringBuilder();
            for (int at = 0; at < 2_048; at += 512) {
                String sector = left.substring(at, at + 512);
                assertThat(Set.of("o".repeat(512), "n".repeat(512))).contains(sector);
                sectors.append(sector.charAt(0));
            }
            seen.add(sectors.toString());
        }
        assertThat(seen).contains("oooo", "nnnn", "nooo", "onon").hasSizeGreaterThan(10);
    }

    @Test
    void aFileThatGrewWithoutASyncMayHaveAnyLength() throws IOException {
        Set<Long> sizes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            Path path = HOME.resolve("a");
            write(path, "x".repeat(100));
            disk.syncAll();
            write(path, "x".repeat(1_000));

            disk.crash(new SplittableRandom(seed));

            sizes.add(disk.size(path));
            assertThat(disk.usedBytes()).isEqualTo(disk.size(path));
        }
        assertThat(sizes).contains(100L, 1_000L).hasSizeGreaterThan(20).allMatch(size -> 100 <= size && size <= 1_000);
    }

    @Test
    void aNameIsLostUnlessItsDirectoryWasSynced() throws IOException {
        Set<Boolean> survived = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            try (DiskFile file = disk.open(HOME.resolve("a"), Access.CREATE)) {
                file.write(bytes("hello"), 0);
                file.sync();
            }

            disk.crash(new SplittableRandom(seed));

            survived.add(disk.exists(HOME.resolve("a")));
        }
        assertThat(survived).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aRenameIsWholeOrNotAtAllAfterACrash() throws IOException {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            Path from = HOME.resolve("a.tmp");
            Path to = HOME.resolve("a");
            write(to, "old");
            write(from, "new");
            disk.syncAll();
            disk.rename(from, to);

            disk.crash(new SplittableRandom(seed));

            String state = read(to) + (disk.exists(from) ? " and " + read(from) : "");
            seen.add(state);
        }
        assertThat(seen).containsExactlyInAnyOrder("old and new", "new");
    }

    @Test
    void aCrashEndsOpenFilesAndLocks() throws Exception {
        DiskFile file = disk.open(HOME.resolve("a"), Access.CREATE);
        AutoCloseable lock = disk.tryLock(HOME.resolve(".lock")).orElseThrow();
        disk.syncAll();
        assertThat(disk.openHandles()).isEqualTo(1);

        disk.crash(new SplittableRandom(1));

        assertThat(disk.openHandles()).isZero();
        assertThatThrownBy(() -> file.write(bytes("x"), 0)).isInstanceOf(IOException.class)
                .hasMessageContaining("crashed");
        AutoCloseable next = disk.tryLock(HOME.resolve(".lock")).orElseThrow();
        lock.close();
        file.close();
        assertThat(disk.tryLock(HOME.resolve(".lock"))).isEmpty();
        assertThat(disk.openHandles()).isZero();
        next.close();
    }

    @Test
    void theNthOperationFailsAndOnlyThatOne() throws IOException {
        try (DiskFile file = disk.open(HOME.resolve("a.log"), Access.CREATE)) {
            disk.plant(DiskFault.nth(DiskOperation.WRITE, 2).after(3).onEnding(".log"));
            file.write(bytes("one"), 0);

            assertThatThrownBy(() -> file.write(bytes("second"), 3)).isInstanceOf(IOException.class)
                    .hasMessageContaining("a.log");

            assertThat(read(file, 0, 100)).isEqualTo("onesec");
            file.write(bytes("third"), 3);
            assertThat(disk.count(DiskOperation.WRITE)).isEqualTo(3);
        }
    }

    @Test
    void aLastingFaultFailsUntilItIsRemoved() throws IOException {
        try (DiskFile file = disk.open(HOME.resolve("a"), Access.CREATE)) {
            file.write(bytes("one"), 0);
            disk.plant(DiskFault.next(DiskOperation.READ).lasting());

            assertThatThrownBy(() -> read(file, 0, 3)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> read(file, 0, 3)).isInstanceOf(IOException.class);
            disk.removeFaults();

            assertThat(read(file, 0, 3)).isEqualTo("one");
        }
    }

    @Test
    void whatAFailedSyncWasForIsLostEvenIfTheNextOneSucceeds() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            makeHome();
            Path path = HOME.resolve("a");
            try (DiskFile file = disk.open(path, Access.CREATE)) {
                file.write(bytes("old"), 0);
                disk.syncAll();
                file.write(bytes("new"), 0);
                disk.plant(DiskFault.next(DiskOperation.SYNC));
                assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
                assertThat(read(file, 0, 3)).isEqualTo("new");

                file.sync();
                disk.crash(new SplittableRandom(seed));
            }

            assertThat(read(path)).isEqualTo("old");
        }
    }

    @Test
    void aFullDiskTakesWhatFitsAndSpaceComesBack() throws IOException {
        disk.setCapacity(10);
        try (DiskFile file = disk.open(HOME.resolve("a"), Access.CREATE)) {
            file.write(bytes("12345678"), 0);

            assertThatThrownBy(() -> file.write(bytes("abcd"), 8)).isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
            assertThat(read(file, 0, 100)).isEqualTo("12345678ab");
            assertThat(disk.usableBytes(HOME)).isZero();
            file.write(bytes("87654321"), 0);

            file.truncate(4);
            assertThat(disk.usableBytes(HOME)).isEqualTo(6);
            disk.delete(HOME.resolve("a"));
            assertThat(disk.usableBytes(HOME)).isEqualTo(6);
        }
        assertThat(disk.usableBytes(HOME)).isEqualTo(10);
    }

    @Test
    void openFilesAreCounted() throws IOException {
        DiskFile first = disk.open(HOME.resolve("a"), Access.CREATE);
        DiskFile second = disk.open(HOME.resolve("a"), Access.READ);
        assertThat(disk.openHandles()).isEqualTo(2);

        first.close();
        first.close();
        second.close();

        assertThat(disk.openHandles()).isZero();
    }
}
