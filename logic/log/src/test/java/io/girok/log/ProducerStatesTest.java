package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.files.StorageFailed;
import io.girok.record.BatchBuilder;
import io.girok.record.producer.AbortedTransaction;
import io.girok.record.producer.ProducerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// What idempotent and transactional producers are promised, through restarts and crashes.
class ProducerStatesTest {
    private static final long PRODUCER = 77;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int NO_COMPRESSION_TYPE = 5;

    private final LogWorld world = new LogWorld().open();

    private AppendResult send(int epoch, int sequence, int count) {
        return world.append(batch(epoch, sequence, count), 0);
    }

    private static BatchBuilder batch(int epoch, int sequence, int count) {
        BatchBuilder batch = new BatchBuilder().producer(PRODUCER, (short) epoch, sequence);
        for (int i = 0; i < count; i++) {
            batch.append(1_700_000_000_000L, null, LogWorld.bytes("v"));
        }
        return batch;
    }

    private AppendResult sendInTransaction(int epoch, int sequence) {
        return world.append(batch(epoch, sequence, 1).transactional(), 0);
    }

    private AppendResult mark(int epoch, int type, int coordinatorEpoch) {
        return world.store.append(marker(epoch, type, coordinatorEpoch), AppendOrigin.COORDINATOR, 0);
    }

    private static ByteBuffer marker(int epoch, int type, int coordinatorEpoch) {
        ByteBuffer key = ByteBuffer.allocate(4).putShort((short) 0).putShort((short) type).flip();
        ByteBuffer value = ByteBuffer.allocate(6).putShort((short) 0).putInt(coordinatorEpoch).flip();
        return new BatchBuilder().producer(PRODUCER, (short) epoch, -1)
                .transactional()
                .control()
                .append(1_700_000_000_000L, key, value)
                .build();
    }

    private static RejectReason reason(AppendResult result) {
        return ((AppendResult.Rejected) result).reason();
    }

    private static long baseOffset(AppendResult result) {
        return switch (result) {
            case AppendResult.Appended appended -> appended.baseOffset();
            case AppendResult.Duplicate duplicate -> duplicate.baseOffset();
            case AppendResult.Rejected rejected -> throw new AssertionError(rejected);
        };
    }

    @Test
    void anyOfTheLastFiveBatchesMayComeAgain() {
        for (int i = 0; i < 6; i++) {
            send(0, 2 * i, 2);
        }

        for (int i = 1; i < 6; i++) {
            AppendResult again = send(0, 2 * i, 2);
            assertThat(again).isEqualTo(new AppendResult.Duplicate(2L * i, 2L * i + 1, 1_700_000_000_000L));
        }
        assertThat(reason(send(0, 0, 2))).isEqualTo(RejectReason.OUT_OF_ORDER_SEQUENCE);
        assertThat(world.store.endOffset()).isEqualTo(12);
    }

    @Test
    void aGapInTheSequenceIsRefused() {
        send(0, 0, 1);

        assertThat(reason(send(0, 2, 1))).isEqualTo(RejectReason.OUT_OF_ORDER_SEQUENCE);
        assertThat(baseOffset(send(0, 1, 1))).isEqualTo(1);
    }

    @Test
    void aNewEpochBeginsAtZeroAndFencesTheOldOne() {
        send(0, 0, 1);

        assertThat(reason(send(1, 1, 1))).isEqualTo(RejectReason.OUT_OF_ORDER_SEQUENCE);
        assertThat(baseOffset(send(1, 0, 1))).isEqualTo(1);
        assertThat(reason(send(0, 1, 1))).isEqualTo(RejectReason.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aProducerThatIsNotKnownMayBeginAnywhere() {
        assertThat(baseOffset(send(3, 500, 1))).isZero();
    }

    @Test
    void theSequenceWrapsAround() {
        send(0, Integer.MAX_VALUE, 1);

        assertThat(baseOffset(send(0, 0, 1))).isEqualTo(1);
    }

    @Test
    void duplicatesAreKnownAfterACleanStopAndAfterACrash() {
        send(0, 0, 3);
        world.closeClean();
        world.open();
        assertThat(send(0, 0, 3)).isInstanceOf(AppendResult.Duplicate.class);
        send(0, 3, 1);
        world.flush();
        world.directory.close();
        world.disk.crash(new SplittableRandom(1));
        world.open();

        assertThat(send(0, 3, 1)).isEqualTo(new AppendResult.Duplicate(3, 3, 1_700_000_000_000L));
        assertThat(baseOffset(send(0, 4, 1))).isEqualTo(4);
    }

    /// Whatever a crash takes, a producer that sends again what was not acknowledged has each record in the log once.
    @Test
    void sendingAgainAfterACrashWritesEachRecordOnce() {
        for (long seed = 1; seed <= 200; seed++) {
            new Resending(seed).run();
        }
    }

    private static final class Resending {
        private final SplittableRandom random;
        private final long seed;
        private final LogWorld log = new LogWorld();
        private final List<Integer> unacknowledged = new ArrayList<>();
        private int sent;

        Resending(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            log.settings = LogWorld.settings(400 + random.nextInt(600), 50);
        }

        void run() {
            log.open();
            for (int step = 0; step < 80; step++) {
                switch (random.nextInt(10)) {
                    case 0 -> crash();
                    case 1 -> log.directory.checkpoint();
                    case 2, 3 -> settle();
                    case 4 -> log.store.requestFlush();
                    case 5 -> log.pool.runOne();
                    default -> sendNext();
                }
            }
            settle();
            List<String> expected = IntStream.range(0, sent).mapToObj(i -> i + ":" + i).toList();
            assertThat(log.read(0)).as("seed " + seed).isEqualTo(expected);
        }

        private void sendNext() {
            if (unacknowledged.size() < ProducerEntry.REMEMBERED_BATCHES) {
                unacknowledged.add(sent);
                send(sent++);
            }
        }

        private void send(int sequence) {
            AppendResult result = log.append(
                    new BatchBuilder().producer(PRODUCER, (short) 0, sequence)
                            .append(sequence, null, LogWorld.bytes("" + sequence)),
                    0);
            assertThat(baseOffset(result)).as("seed " + seed).isEqualTo(sequence);
        }

        private void settle() {
            log.flush();
            unacknowledged.removeIf(sequence -> sequence < log.store.durableOffset());
        }

        private void crash() {
            unacknowledged.removeIf(sequence -> sequence < log.store.durableOffset());
            log.directory.close();
            if (random.nextBoolean()) {
                log.disk.crash(random.split());
            }
            log.open();
            List.copyOf(unacknowledged).forEach(this::send);
        }
    }

    @Test
    void whatWasCutIsForgotten() {
        send(0, 0, 1);
        send(0, 1, 1);

        world.store.truncateTo(1);

        assertThat(baseOffset(send(0, 1, 1))).isEqualTo(1);
    }

    @Test
    void silentProducersAreForgottenUnlessTheirTransactionIsOpen() {
        sendInTransaction(0, 0);
        long later = 1_700_000_000_000L + 2 * 86_400_000L;

        world.store.deleteOldSegments(later, 0);
        assertThat(world.store.producers()).hasSize(1);
        mark(0, 1, 0);
        world.store.deleteOldSegments(later, 0);

        assertThat(world.store.producers()).isEmpty();
    }

    @Test
    void anOpenTransactionHoldsTheLastStableOffset() {
        world.append(1, "a");
        sendInTransaction(0, 0);
        world.append(1, "b");

        assertThat(world.store.lastStableOffset(3)).isEqualTo(1);
        mark(0, 1, 0);
        assertThat(world.store.lastStableOffset(3)).as("marker not committed yet").isEqualTo(1);
        assertThat(world.store.lastStableOffset(4)).isEqualTo(4);
        assertThat(world.store.abortedTransactions(0, 4)).isEmpty();
    }

    @Test
    void anAbortedTransactionIsIndexedThroughACrash() {
        sendInTransaction(0, 0);
        mark(0, 0, 5);
        AbortedTransaction aborted = new AbortedTransaction(PRODUCER, 0, 1, 2);
        assertThat(world.store.abortedTransactions(0, 2)).containsExactly(aborted);
        world.flush();
        world.directory.close();
        world.disk.crash(new SplittableRandom(2));
        world.open();

        List<AbortedTransaction> found = world.store.abortedTransactions(0, 2);

        assertThat(found).containsExactly(aborted);
        assertThat(reason(mark(0, 0, 4))).isEqualTo(RejectReason.COORDINATOR_FENCED);
        assertThat(world.store.abortedTransactions(2, 10)).isEmpty();
    }

    @Test
    void zerosThatACrashLeavesAreNoAbortedTransaction() throws IOException {
        world.append(1, "a");
        world.directory.checkpoint();
        world.settle();
        sendInTransaction(0, 0);
        mark(0, 0, 5);
        world.flush();
        world.directory.close();
        world.disk.crash(new SplittableRandom(2));
        Path index = LogWorld.PATH.resolve(LogWorld.NAME.toString()).resolve("00000000000000000000.txnindex");
        try (DiskFile file = world.disk.open(index, Disk.Access.WRITE)) {
            file.write(ByteBuffer.allocate(TransactionIndex.ENTRY_BYTES), 0);
        }

        world.open();

        assertThat(world.store.abortedTransactions(0, 3))
                .containsExactly(new AbortedTransaction(PRODUCER, 1, 2, 3));
        assertThat(SegmentCheck.problems(world)).isEmpty();
    }

    /// With a CRC that fits: only who reads the marker sees that it can't be read.
    @Test
    void aMarkerThatCanNotBeReadTakesThePartitionOffline() throws IOException {
        ByteBuffer marker = marker(0, 0, 0);
        marker.put(ATTRIBUTES + 1, (byte) (marker.get(ATTRIBUTES + 1) | NO_COMPRESSION_TYPE));
        CRC32C crc = new CRC32C();
        crc.update(marker.slice(ATTRIBUTES, marker.remaining() - ATTRIBUTES));
        marker.putInt(CRC, (int) crc.getValue());
        LogWorld damaged = new LogWorld();
        Path directory = LogWorld.PATH.resolve(LogWorld.NAME.toString());
        damaged.disk.createDirectories(directory);
        try (DiskFile file = damaged.disk.open(directory.resolve("00000000000000000000.log"), Disk.Access.WRITE)) {
            file.write(marker, 0);
            file.sync();
        }

        assertThatThrownBy(() -> damaged.open().store.producers())
                .isInstanceOfSatisfying(StorageFailed.class,
                        failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION))
                .hasMessageContaining("can't be read any more");
        assertThat(damaged.directory.failure()).isEmpty();
    }

    @Test
    void aBatchOutsideOfTheOpenTransactionIsRefused() {
        sendInTransaction(0, 0);

        assertThat(reason(send(0, 1, 1))).isEqualTo(RejectReason.INVALID_TRANSACTION_STATE);
    }
}
