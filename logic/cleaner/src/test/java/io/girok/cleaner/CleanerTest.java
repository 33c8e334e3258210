package io.girok.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.log.AppendOrigin;
import io.girok.log.LogSettings;
import io.girok.record.BatchBuilder;
import io.girok.record.Compression;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanerTest {
    private final CleanerWorld world = new CleanerWorld().open();

    @Test
    void onlyTheLastRecordOfEachKeyStays() {
        world.append("a=1", "b=1");
        world.append("a=2");
        world.append("c=1", "a=3");
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("1:b=1", "3:c=1", "4:a=3");
        assertThat(world.problems()).isEmpty();
        assertThat(world.cleaner.status().cleanings()).isEqualTo(1);
    }

    @Test
    void theActiveSegmentIsNeverTouched() {
        world.append("a=1");
        world.roll();
        world.append("a=2");
        world.append("a=3");

        world.clean();

        assertThat(world.shown()).containsExactly("0:a=1", "1:a=2", "2:a=3");
    }

    @Test
    void smallSegmentsBecomeOne() {
        for (int i = 0; i < 10; i++) {
            world.append("k" + i % 3 + "=" + i);
            world.roll();
        }

        world.clean();

        assertThat(world.store.segmentCount()).isEqualTo(2);
        assertThat(world.shown()).containsExactly("7:k1=7", "8:k2=8", "9:k0=9");
        world.restart();
        assertThat(world.shown()).containsExactly("7:k1=7", "8:k2=8", "9:k0=9");
    }

    @Test
    void whatIsNotCommittedIsNotCleaned() {
        world.append("a=1");
        world.append("a=2");
        world.store.roll();
        world.directory.checkpoint();
        world.settle();
        world.store.noteHighWatermark(1);

        world.clock.advance(100);
        world.settle();

        assertThat(world.shown()).containsExactly("0:a=1", "1:a=2");
    }

    @Test
    void aTombstoneStaysForItsTimeAndThenGoes() {
        world.append("a=1", "b=1");
        world.append("a=");
        world.roll();
        world.clean();
        assertThat(world.shown()).containsExactly("1:b=1", "2:a=null");

        world.append("x=1");
        world.roll();
        world.clean();
        assertThat(world.shown()).containsExactly("1:b=1", "2:a=null", "3:x=1");

        world.clock.advance(CleanerWorld.DELETE_RETENTION_MS);
        world.append("x=2");
        world.roll();
        world.clean();
        assertThat(world.shown()).containsExactly("1:b=1", "4:x=2");
    }

    @Test
    void aBatchWithADeleteHorizonKeepsItsTimes() {
        long before = world.clock.wallMs();
        BatchBuilder batch = new BatchBuilder();
        batch.append(before - 5, CleanerWorld.bytes("a"), null);
        batch.append(before - 70_000, CleanerWorld.bytes("b"), CleanerWorld.bytes("1"));
        world.append(batch, AppendOrigin.CLIENT);
        world.roll();

        world.clean();

        assertThat(world.batches().getFirst().hasDeleteHorizon()).isTrue();
        assertThat(world.read()).extracting(CleanerWorld.Seen::timestamp).containsExactly(before - 5, before - 70_000);
    }

    @Test
    void aBatchKeepsItsCodec() {
        for (Compression codec : Compression.values()) {
            BatchBuilder batch = new BatchBuilder().compression(codec);
            for (int i = 0; i < 20; i++) {
                batch.append(5, CleanerWorld.bytes(codec + "-" + i % 7), CleanerWorld.bytes("some text, " + i));
            }
            world.append(batch, AppendOrigin.CLIENT);
        }
        world.roll();

        world.clean();

        assertThat(world.read()).hasSize(7 * Compression.values().length);
        assertThat(world.batches()).extracting(RecordBatch::compression).containsExactly(Compression.values());
        assertThat(world.batches()).allMatch(RecordBatch::isCrcValid);
    }

    @Test
    void recordsWithoutKeyGo() {
        world.append(
                new BatchBuilder().append(1, null, CleanerWorld.bytes("x")).append(1, CleanerWorld.bytes("k"), null),
                AppendOrigin.CLIENT);
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("1:k=null");
    }

    @Test
    void theLastBatchOfAProducerStaysWithoutRecords() {
        world.append(new BatchBuilder().producer(9, (short) 0, 0).append(1, CleanerWorld.bytes("a"), null),
                AppendOrigin.CLIENT);
        world.append(
                new BatchBuilder().producer(9, (short) 0, 1)
                        .append(1, CleanerWorld.bytes("a"), CleanerWorld.bytes("1")),
                AppendOrigin.CLIENT);
        world.append("a=2", "b=1");
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("2:a=2", "3:b=1");
        RecordBatch empty = world.batches().getFirst();
        assertThat(empty.recordCount()).isZero();
        assertThat(empty.lastSequence()).isEqualTo(1);
        assertThat(empty.lastOffset()).isEqualTo(1);
    }

    @Test
    void dataOfAnAbortedTransactionGoesAndItsMarkerFollows() {
        world.append("a=0");
        transactional(5, 0, "a", "aborted");
        world.append(CleanerWorld.marker(5, (short) 0, false, world.clock.wallMs()), AppendOrigin.COORDINATOR);
        transactional(6, 0, "b", "committed");
        world.append(CleanerWorld.marker(6, (short) 0, true, world.clock.wallMs()), AppendOrigin.COORDINATOR);
        transactional(5, 1, "c", "later");
        world.append(CleanerWorld.marker(5, (short) 0, true, world.clock.wallMs()), AppendOrigin.COORDINATOR);
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("0:a=0", "3:b=committed", "5:c=later");
        assertThat(world.readCommitted()).hasSize(3);
        assertThat(markers()).isEqualTo(3);

        for (int round = 0; round < 3; round++) {
            world.clock.advance(CleanerWorld.DELETE_RETENTION_MS + 1);
            world.append("z=" + round);
            world.roll();
            world.clean();
        }

        assertThat(markers()).as("the marker of the aborted transaction has gone").isEqualTo(2);
        assertThat(world.readCommitted()).extracting(CleanerWorld.Seen::value)
                .containsExactly("0", "committed", "later", "2");
    }

    @Test
    void aProducerThatOnceAbortedIsHeardAgain() {
        transactional(5, 0, "a", "aborted");
        world.append(CleanerWorld.marker(5, (short) 0, false, world.clock.wallMs()), AppendOrigin.COORDINATOR);
        world.append("b=1");
        transactional(5, 1, "b", "2");
        world.append(CleanerWorld.marker(5, (short) 0, true, world.clock.wallMs()), AppendOrigin.COORDINATOR);
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("3:b=2");
    }

    private void transactional(long producerId, int sequence, String key, String value) {
        world.append(
                new BatchBuilder().producer(producerId, (short) 0, sequence)
                        .transactional()
                        .append(world.clock.wallMs(), CleanerWorld.bytes(key), CleanerWorld.bytes(value)),
                AppendOrigin.CLIENT);
    }

    private long markers() {
        return world.batches().stream().filter(RecordBatch::isControl).count();
    }

    @Test
    void anOpenTransactionIsNotCleaned() {
        transactional(5, 0, "a", "1");
        world.append("a=2");
        world.roll();

        world.clean();

        assertThat(world.shown()).containsExactly("0:a=1", "1:a=2");
    }

    @Test
    void moreKeysThanFitAreCleanedInSeveralPasses() {
        world.cleaner.configure(new CleanerSettings(true, 1, 24 * 8, 0.9, 4_096, Double.MAX_VALUE, 10));
        for (int round = 0; round < 2; round++) {
            for (int key = 0; key < 30; key++) {
                world.append("k" + key + "=" + round);
            }
        }
        world.roll();

        world.clean();

        assertThat(world.read()).hasSize(30).allMatch(record -> "1".equals(record.value()));
        assertThat(world.cleaner.status().cleanings()).isGreaterThan(5);
    }

    @Test
    void youngRecordsAreSafeForTheLag() {
        world.settings = withLags(500, Long.MAX_VALUE, 0);
        world.restart();
        world.append("a=1");
        world.append("a=2");
        world.roll();

        world.clean();
        assertThat(world.read()).hasSize(2);

        world.clock.advance(500);
        world.clean();
        assertThat(world.shown()).containsExactly("1:a=2");
    }

    @Test
    void whatHasWaitedTooLongIsCleanedWhateverTheRatio() {
        world.settings = withLags(0, 5_000, 1);
        world.restart();
        world.append("a=1");
        world.append("a=2");
        world.roll();

        world.clean();
        assertThat(world.read()).hasSize(2);

        world.clock.advance(5_000);
        world.clean();
        assertThat(world.shown()).containsExactly("1:a=2");
    }

    private LogSettings withLags(long minMs, long maxMs, double ratio) {
        LogSettings before = world.settings;
        return new LogSettings(before.roll(), before.retention(), before.flush(), before.batches(),
                new LogSettings.Compaction(ratio, minMs, maxMs, CleanerWorld.DELETE_RETENTION_MS));
    }

    @Test
    void aCorruptBatchIsNamedOnceAndItsLogLeftAlone() throws IOException {
        world.append("a=1");
        world.append("a=2");
        world.roll();
        world.disk.corrupt(world.partitionPath().resolve("00000000000000000000.log"), 65, 1);

        world.clean();

        List<CleanerStatus.SetAside> aside = world.cleaner.status().setAside();
        assertThat(aside).hasSize(1);
        assertThat(aside.getFirst().reason()).contains("00000000000000000000.log", "position 0", "offsets 0 to 0");
        assertThat(world.cleaner.status().failures()).isEqualTo(1);
        world.append("b=1");
        world.clean();
        assertThat(world.cleaner.status().failures()).isEqualTo(1);
        assertThat(world.files()).noneMatch(name -> name.endsWith(".cleaned"));
    }

    @Test
    void readersOfReplacedSegmentsReadOn() throws IOException {
        world.append("a=1", "a=2");
        world.roll();
        var data = (io.girok.log.ReadResult.Data) world.store.read(0, 2, 10_000, true);

        world.clean();
        world.clock.advance(5_000);
        world.settle();

        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(data.sizeInBytes());
        data.slices().getFirst().read(bytes, 0);
        assertThat(RecordBatch.at(bytes.flip(), 0).recordCount()).isEqualTo(2);
        data.release();
        assertThat(world.files()).noneMatch(name -> name.endsWith(".deleted"));
    }

    @Test
    void theRateIsHeld() {
        world.cleaner.configure(new CleanerSettings(true, 1, 1 << 20, 0.9, 512, 1_000, 10));
        for (int i = 0; i < 40; i++) {
            world.append("key" + i % 4 + "=some value of some length " + i);
        }
        world.roll();
        world.commit();
        long bytes = world.store.sizeInBytes();
        long begin = world.clock.monotonicMs();

        while (world.cleaner.status().cleanings() == 0) {
            world.clock.advance(1);
            world.settle();
        }

        assertThat(world.clock.monotonicMs() - begin).isBetween(2 * bytes - 600, 2 * bytes + 1_000);
    }

    @Test
    void aStopLeavesOffAndTheNextStartCleansUp() {
        world.cleaner.configure(new CleanerSettings(true, 1, 1 << 20, 0.9, 512, 100, 10));
        world.append("a=1", "a=2");
        world.append("a=3", "b=1");
        world.roll();
        world.clock.advance(10);
        world.settle();
        assertThat(world.cleaner.status().running()).hasSize(1);

        var stopped = world.cleaner.stop();
        world.settle();

        assertThat(stopped).isDone();
        assertThat(world.files()).noneMatch(name -> name.endsWith(".cleaned"));
        world.restart();
        world.clean();
        assertThat(world.shown()).containsExactly("2:a=3", "3:b=1");
    }

    @Test
    void aTruncationDuringACleaningWins() {
        for (int i = 0; i < 30; i++) {
            world.append("k" + i % 2 + "=" + i);
        }
        world.roll();
        world.append("x=1");
        world.commit();
        world.clock.advance(10);
        for (int i = 0; i < 5; i++) {
            world.shard.runAll();
            world.workers.runOne();
        }

        world.store.truncateTo(10);
        world.settle();

        assertThat(world.store.endOffset()).isEqualTo(10);
        assertThat(world.read()).hasSize(10);
        assertThat(world.problems()).isEmpty();
    }

    @Test
    void whatIsWrittenAfterATruncationIsNotTakenForAFaultOfTheLog() {
        for (int i = 0; i < 6; i++) {
            world.append("k" + i % 2 + "=some value " + i);
        }
        world.roll();
        world.append("x=1");
        world.commit();
        world.clock.advance(10);
        world.shard.runAll();

        world.store.truncateTo(3);
        world.append("k0=a longer value than the ones that were there before");
        world.settle();
        world.clean();

        assertThat(world.cleaner.status().setAside()).isEmpty();
        assertThat(world.cleaner.status().failures()).isZero();
        assertThat(world.read()).hasSize(4);
    }
}
