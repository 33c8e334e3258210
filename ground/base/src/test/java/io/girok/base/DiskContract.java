package io.girok.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk.Access;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every disk promises.
abstract class DiskContract {
    /// The disk under test.
    abstract Disk disk();

    /// An existing, empty directory on it.
    abstract Path home();

    @Test
    void whatWasWrittenIsRead() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            file.write(bytes("hello world"), 0);
            file.write(bytes("W"), 6);

            assertThat(read(file, 0, 11)).isEqualTo("hello World");
            assertThat(read(file, 6, 100)).isEqualTo("World");
            assertThat(file.read(ByteBuffer.allocate(1), 11)).isZero();
            assertThat(file.read(ByteBuffer.allocate(1), 1_000)).isZero();
            assertThat(file.size()).isEqualTo(11);
        }
    }

    @Test
    void aWriteTakesWhatRemainsAndAReadFillsWhatRemains() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            ByteBuffer source = ByteBuffer.allocateDirect(10).put(bytes("0123456789")).position(2).limit(7);
            file.write(source, 0);
            ByteBuffer target = ByteBuffer.allocate(10).position(1).limit(4);

            int count = file.read(target, 1);

            assertThat(source.remaining()).isZero();
            assertThat(count).isEqualTo(3);
            assertThat(target.position()).isEqualTo(4);
            assertThat(new String(target.array(), 1, 3, StandardCharsets.UTF_8)).isEqualTo("345");
            assertThat(file.size()).isEqualTo(5);
        }
    }

    @Test
    void aGapReadsAsZeros() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            file.write(bytes("x"), 3);

            assertThat(read(file, 0, 10)).isEqualTo("\0\0\0x");
        }
    }

    @Test
    void aCutFileForgetsWhatWasBehindTheCut() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            file.write(bytes("hello"), 0);

            file.truncate(2);
            file.truncate(100);
            file.write(bytes("!"), 4);

            assertThat(read(file, 0, 10)).isEqualTo("he\0\0!");
        }
    }

    @Test
    void aRegionIsTransferred() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            file.write(bytes("hello world"), 0);
            ByteArrayOutputStream target = new ByteArrayOutputStream();

            long count = file.transferTo(6, 3, Channels.newChannel(target));

            assertThat(count).isEqualTo(3);
            assertThat(target.toString(StandardCharsets.UTF_8)).isEqualTo("wor");
            assertThat(file.transferTo(11, 3, Channels.newChannel(target))).isZero();
        }
    }

    @Test
    void anExistingFileIsOpenedAsItIs() throws IOException {
        Path path = home().resolve("a");
        write(path, "hello");

        try (DiskFile file = disk().open(path, Access.WRITE)) {
            assertThat(read(file, 0, 10)).isEqualTo("hello");
        }
        try (DiskFile file = disk().open(path, Access.READ)) {
            assertThat(read(file, 0, 10)).isEqualTo("hello");
        }
        assertThat(disk().size(path)).isEqualTo(5);
    }

    @Test
    void anErrorNamesTheFile() throws IOException {
        Path path = home().resolve("a");
        write(path, "hello");
        Path missing = home().resolve("missing");
        Path below = missing.resolve("b");

        assertThatThrownBy(() -> disk().open(missing, Access.READ)).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().open(below, Access.WRITE)).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().open(path, Access.CREATE)).isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(() -> disk().size(missing)).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().list(missing)).isInstanceOf(IOException.class).hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().list(path)).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(() -> disk().syncDirectory(missing)).isInstanceOf(IOException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().rename(missing, path)).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk().createDirectories(path)).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(() -> disk().usableBytes(missing)).isInstanceOf(IOException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void aClosedFileRefusesWithItsName() throws IOException {
        Path path = home().resolve("a");
        DiskFile file = disk().open(path, Access.CREATE);

        file.close();
        file.close();

        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(() -> file.write(bytes("x"), 0)).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class).hasMessageContaining(path.toString());
        assertThatThrownBy(file::size).isInstanceOf(IOException.class).hasMessageContaining(path.toString());
        assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
    }

    @Test
    void aDirectoryListsItsNamesInOrder() throws IOException {
        disk().createDirectories(home().resolve("d/e"));
        write(home().resolve("d/b"), "");
        write(home().resolve("d/a"), "");

        assertThat(disk().list(home().resolve("d"))).containsExactly("a", "b", "e");
        assertThat(disk().isDirectory(home().resolve("d/e"))).isTrue();
        assertThat(disk().isDirectory(home().resolve("d/a"))).isFalse();
        assertThat(disk().exists(home().resolve("d/a"))).isTrue();
        assertThat(disk().exists(home().resolve("d/x"))).isFalse();
    }

    @Test
    void aRenameReplacesAndKeepsOpenFilesOpen() throws IOException {
        Path from = home().resolve("from");
        Path to = home().resolve("to");
        write(from, "new");
        write(to, "old");
        try (DiskFile old = disk().open(to, Access.READ); DiskFile moved = disk().open(from, Access.READ)) {

            disk().rename(from, to);

            assertThat(disk().exists(from)).isFalse();
            assertThat(read(to)).isEqualTo("new");
            assertThat(read(old, 0, 10)).isEqualTo("old");
            assertThat(read(moved, 0, 10)).isEqualTo("new");
        }
    }

    @Test
    void aDirectoryIsRenamedWithWhatIsInIt() throws IOException {
        disk().createDirectories(home().resolve("d"));
        write(home().resolve("d/a"), "hello");
        try (DiskFile open = disk().open(home().resolve("d/a"), Access.WRITE)) {

            disk().rename(home().resolve("d"), home().resolve("e"));
            open.write(bytes("J"), 0);

            assertThat(read(home().resolve("e/a"))).isEqualTo("Jello");
            assertThat(disk().exists(home().resolve("d"))).isFalse();
        }
    }

    @Test
    void aDeletedFileIsReadByWhoHasItOpen() throws IOException {
        Path path = home().resolve("a");
        write(path, "hello");
        try (DiskFile open = disk().open(path, Access.READ)) {

            assertThat(disk().delete(path)).isTrue();

            assertThat(disk().delete(path)).isFalse();
            assertThat(disk().exists(path)).isFalse();
            assertThat(read(open, 0, 10)).isEqualTo("hello");
        }
    }

    @Test
    void aDirectoryIsDeletedOnlyWhenItIsEmpty() throws IOException {
        disk().createDirectories(home().resolve("d"));
        write(home().resolve("d/a"), "hello");

        assertThatThrownBy(() -> disk().delete(home().resolve("d"))).isInstanceOf(DirectoryNotEmptyException.class);
        disk().delete(home().resolve("d/a"));

        assertThat(disk().delete(home().resolve("d"))).isTrue();
    }

    @Test
    void aLockIsHeldOnceUntilItIsClosed() throws Exception {
        Path path = home().resolve(".lock");

        AutoCloseable lock = disk().tryLock(path).orElseThrow();
        Optional<AutoCloseable> second = disk().tryLock(path);
        lock.close();
        Optional<AutoCloseable> third = disk().tryLock(path);

        assertThat(second).isEmpty();
        assertThat(third).isPresent();
        third.orElseThrow().close();
    }

    @Test
    void aFileKnowsWhenItChanged() throws IOException {
        Path path = home().resolve("a");
        write(path, "hello");
        long written = disk().lastModifiedMs(path);

        disk().rename(path, home().resolve("b"));

        assertThat(written).isGreaterThan(1_600_000_000_000L);
        assertThat(disk().lastModifiedMs(home().resolve("b"))).isEqualTo(written);
        assertThatThrownBy(() -> disk().lastModifiedMs(path)).isInstanceOf(IOException.class);
    }

    @Test
    void syncingIsPossibleAndSpaceIsKnown() throws IOException {
        try (DiskFile file = disk().open(home().resolve("a"), Access.CREATE)) {
            file.write(bytes("hello"), 0);
            file.sync();
        }
        disk().syncDirectory(home());

        assertThat(disk().usableBytes(home())).isPositive();
        assertThat(disk().totalBytes(home())).isGreaterThanOrEqualTo(disk().usableBytes(home()));
        assertThatThrownBy(() -> disk().usableBytes(home().resolve("none"))).isInstanceOf(IOException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> disk().totalBytes(home().resolve("none"))).isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    final void write(Path path, String text) throws IOException {
        try (DiskFile file = disk().open(path, Access.WRITE)) {
            file.write(bytes(text), 0);
        }
    }

    final String read(Path path) throws IOException {
        try (DiskFile file = disk().open(path, Access.READ)) {
            return read(file, 0, (int) file.size());
        }
    }

    static String read(DiskFile file, long position, int count) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(count);
        int read = file.read(into, position);
        return new String(into.array(), 0, read, StandardCharsets.UTF_8);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFileSystemIsSyncedAtOneGo() throws IOException {
        Path file = home().resolve("one");
        try (DiskFile open = disk().open(file, Disk.Access.CREATE)) {
            open.write(ByteBuffer.wrap(new byte[]{1, 2, 3}), 0);
        }

        disk().syncFileSystem(home());

        assertThat(disk().size(file)).isEqualTo(3);
        assertThatThrownBy(() -> disk().syncFileSystem(home().resolve("nowhere"))).isInstanceOf(IOException.class);
    }
}
