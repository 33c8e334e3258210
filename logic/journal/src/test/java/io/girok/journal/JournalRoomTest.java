package io.girok.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.DiskFull;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What keeps a file of the journal from being used again, and what becomes of a group when memory is short.
class JournalRoomTest {
    private static final JournalKey KEY = JournalWorld.key(1);
    private static final JournalKey OTHER = JournalWorld.key(2);

    private static final Path FILE = JournalWorld.PATH.resolve("girok-journal.1");
    private static final Path COPY = JournalWorld.PATH.resolve("copy");

    private final JournalWorld world = new JournalWorld();
    private final JournalWorld.Client client = world.new Client();
    private final JournalWorld.Client other = world.new Client();

    @Test
    void noFileIsHeldForWhatWasCutBeforeACrash() throws IOException {
        world.open();
        for (long offset = 0; world.journal.fullFiles() < 2; offset++) {
            world.append(KEY, client, offset, "a".repeat(1_000));
            world.flush();
        }
        world.journal.cut(KEY, 2);
        world.journal.flushNow();
        world.crash(1);

        world.open();

        world.journal.replayed(KEY);
        world.journal.release(key -> 1);
        assertThat(world.journal.fullFiles()).isEqualTo(3);
        world.journal.release(key -> 2);
        assertThat(world.journal.fullFiles()).isZero();
    }

    @Test
    void whatFollowsACutThatFoundNoRoomKeepsItsFile() throws IOException {
        world.open();
        world.append(KEY, client, 0, "a".repeat(1_000));
        world.flush();
        world.journal.cut(KEY, 0);
        world.fillDisk();
        world.flush();
        world.makeRoom();
        world.append(KEY, client, 20, "b");
        world.journal.flushNow();
        while (world.journal.fullFiles() < 1) {
            world.append(OTHER, other, 0, "x".repeat(1_000));
            world.flush();
        }

        world.journal.release(key -> key.equals(KEY) ? 20 : Long.MAX_VALUE);

        assertThat(world.journal.fullFiles()).isEqualTo(1);
        world.journal.release(key -> key.equals(KEY) ? 21 : Long.MAX_VALUE);
        assertThat(world.journal.fullFiles()).isZero();
    }

    @Test
    void whatIsForgottenBeforeItIsWrittenHoldsNoFileEither() throws IOException {
        world.open();
        world.append(KEY, client, 5_000, "a".repeat(1_000));

        world.journal.forget(KEY.name());

        while (world.journal.fullFiles() < 1) {
            world.append(OTHER, other, 0, "x".repeat(1_000));
            world.flush();
        }
        world.journal.release(key -> key.equals(KEY) ? 0 : Long.MAX_VALUE);
        assertThat(world.journal.fullFiles()).isZero();
    }

    @Test
    void whatComesAfterItWasForgottenHoldsItsFile() throws IOException {
        world.open();
        world.append(KEY, client, 5_000, "a".repeat(1_000));
        world.journal.forget(KEY.name());
        world.append(KEY, client, 3, "b");
        while (world.journal.fullFiles() < 1) {
            world.append(OTHER, other, 0, "x".repeat(1_000));
            world.flush();
        }

        world.journal.release(key -> key.equals(KEY) ? 3 : Long.MAX_VALUE);

        assertThat(world.journal.fullFiles()).isEqualTo(1);
        world.journal.release(key -> key.equals(KEY) ? 4 : Long.MAX_VALUE);
        assertThat(world.journal.fullFiles()).isZero();
    }

    @Test
    void whereMemoryIsShortThereIsRoomToSayWhatIsMissing() {
        AtomicInteger left = new AtomicInteger(70_000);
        world.openWith(bytes -> takeMemory(left, bytes));
        world.append(OTHER, other, 0, "x");
        int taken = 0;
        for (int offset = 0; offset < 2; offset++) {
            for (int index = 10; index < 410; index++) {
                taken += world.append(JournalWorld.key(index), client, offset, "a".repeat(offset * 100)) ? 1 : 0;
            }
        }
        assertThat(taken).isBetween(401, 799);

        world.flush();

        assertThat(other.journaled).isEqualTo(1);
        assertThat(other.refusals).isZero();
        assertThat(world.failures).isEmpty();
    }

    @Test
    void whereThereIsNoMemoryAtAllTheSegmentsAreSynced() {
        AtomicInteger left = new AtomicInteger(70_000);
        world.openWith(bytes -> takeMemory(left, bytes));
        world.append(OTHER, other, 0, "x");
        for (int index = 10; index < 2_000; index++) {
            world.append(JournalWorld.key(index), client, 0, "a");
        }

        world.flush();

        assertThat(world.failures).isEmpty();
        assertThat(other.refusals).isEqualTo(1);
        left.set(Integer.MAX_VALUE);
        world.append(OTHER, other, 1, "y");
        world.flush();
        assertThat(other.journaled).isEqualTo(2);
        world.crash(1);
        world.open();
        assertThat(world.left(OTHER)).containsExactly("0-1:", "1-2:y");
    }

    @Test
    void whereThereIsNoMemoryForACutItIsAsOnAFullDisk() throws IOException {
        AtomicInteger left = new AtomicInteger(70_000);
        world.openWith(bytes -> takeMemory(left, bytes));
        fill(KEY, "a".repeat(1_000));
        fill(OTHER, "a");
        fill(JournalWorld.key(3), "");

        assertThatThrownBy(() -> world.journal.cut(KEY, 0)).isInstanceOf(DiskFull.class);
        assertThatThrownBy(() -> world.journal.begin(KEY)).isInstanceOf(DiskFull.class);
        assertThatCode(() -> world.journal.dismiss(KEY::equals)).doesNotThrowAnyException();

        left.set(Integer.MAX_VALUE);
        world.journal.cut(KEY, 0);
        world.flush();
        world.crash(1);
        world.open();
        assertThat(world.left(KEY)).isEmpty();
        assertThat(world.left(OTHER)).isNotEmpty();
    }

    private void fill(JournalKey key, String value) {
        long offset = 0;
        while (world.append(key, client, offset, value)) {
            offset++;
        }
    }

    private static ByteBuffer takeMemory(AtomicInteger left, int bytes) {
        if (left.get() < bytes) {
            throw new OutOfMemoryError("planted");
        }
        left.addAndGet(-bytes);
        return ByteBuffer.allocate(bytes);
    }

    @Test
    void whatIsTooLargeForAGroupKeepsNobodyOutOfTheNext() {
        world.open();
        assertThat(world.append(KEY, client, 0, "x".repeat(200_000))).isFalse();
        world.flush();

        assertThat(world.append(KEY, client, 1, "b")).isTrue();
        world.flush();

        world.crash(1);
        world.open();
        assertThat(client.journaled).isEqualTo(2);
        assertThat(world.left(KEY)).containsExactly("0-1:", "1-2:b");
    }

    @Test
    void whatIsMovedOutIsReadUpToWhereItWasWritten() throws IOException {
        world.open();
        write(0, "a");
        List<String> meanwhile = new ArrayList<>(List.of("b"));
        world.disk.plant(DiskFault.next(DiskOperation.OPEN).on(path -> {
            if (!meanwhile.isEmpty()) {
                write(1, meanwhile.removeFirst());
            }
            return false;
        }));

        assertThat(world.journal.moveOut(KEY.name(), key -> COPY)).isTrue();

        assertThat(meanwhile).isEmpty();
        assertThat(JournalCopy.read(world.disk, COPY).get(KEY)).singleElement()
                .satisfies(entry -> assertThat(entry.endOffset()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatIsDamagedIsNotMovedOut(int group) throws IOException {
        world.open();
        for (int offset = 0; offset < 3; offset++) {
            write(offset, "a");
        }
        world.disk.corrupt(FILE, group * (long) Group.BLOCK_BYTES + Group.HEADER_BYTES, 1);

        assertThatThrownBy(() -> world.journal.moveOut(KEY.name(), key -> COPY)).isInstanceOf(IOException.class)
                .hasMessageContaining("'" + FILE + "' is damaged");

        assertThat(world.disk.exists(COPY)).isFalse();
    }

    @Test
    void damageDoesNotMatterWhereTheLogNeedsNothing() throws IOException {
        world.open();
        write(0, "a");
        world.journal.forget(KEY.name());
        while (world.journal.fullFiles() < 1) {
            world.append(OTHER, other, 0, "x".repeat(1_000));
            world.flush();
        }
        write(1, "b");
        world.disk.corrupt(FILE, Group.HEADER_BYTES, 1);

        assertThat(world.journal.moveOut(KEY.name(), key -> COPY)).isTrue();
    }

    private void write(long offset, String value) {
        world.append(KEY, client, offset, value);
        world.flush();
    }
}
