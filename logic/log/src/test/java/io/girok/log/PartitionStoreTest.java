package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.simulated.DiskOperation;
import io.girok.files.StorageFailed;
import io.girok.record.BatchBuilder;
import io.girok.record.BatchRules;
import io.girok.record.Compression;
import io.girok.record.CompressionTarget;
import io.girok.record.RecordBatch;
import io.girok.record.TimestampType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a log promises its shard, one promise a test; sequences of operations are [RandomLogTest]'s.
class PartitionStoreTest {
    private final LogWorld world = new LogWorld();

    private static LogSettings with(LogSettings.Roll roll, LogSettings.Retention retention, LogSettings.Flush flush) {

        return new LogSettings(roll, retention, flush, LogSettings.DEFAULT.batches());
    }

    @Test
    void oneSyncAnswersAllThatCameWhileTheLastOneRan() {
        world.open();
        List<Long> durable = new ArrayList<>();
        world.store.onDurable(durable::add);
        int before = world.disk.count(DiskOperation.SYNC);
        for (int i = 0; i < 10; i++) {
            world.append(1, "b");
            world.store.requestFlush();
        }

        world.settle();

        assertThat(durable).containsExactly(10L);
        assertThat(world.disk.count(DiskOperation.SYNC) - before).isEqualTo(1);
    }

    @Test
    void nothingIsDurableBeforeItIsSynced() {
        world.open();
        world.append(1, "a");

        assertThat(world.store.durableOffset()).isZero();
        assertThat(world.store.endOffset()).isEqualTo(1);
    }

    @Test
    void theOperatingSystemsDurabilityIsImmediate() {
        world.durability = Durability.OS;
        world.open();
        List<Long> durable = new ArrayList<>();
        world.store.onDurable(durable::add);

        world.append(1, "a");

        assertThat(durable).containsExactly(1L);
        assertThat(world.store.durableOffset()).isEqualTo(1);
    }

    @Test
    void anAppendIsOneWrite() {
        world.open();
        world.append(1, "a");
        int before = world.disk.count(DiskOperation.WRITE);

        world.append(1, "b", "c", "d");

        assertThat(world.disk.count(DiskOperation.WRITE) - before).isEqualTo(1);
    }

    @Test
    void offsetsAndEpochAreInThePlaceOfTheProducers() {
        world.open();
        world.append(1, "a");
        ByteBuffer batch = new BatchBuilder().append(1, null, LogWorld.bytes("b")).build();

        world.store.append(batch, AppendOrigin.CLIENT, 8);

        RecordBatch stored = LogWorld.batches(world.store.read(1, 2, 1_000, true)).getFirst();
        assertThat(stored.baseOffset()).isEqualTo(1);
        assertThat(stored.leaderEpoch()).isEqualTo(8);
        assertThat(stored.isCrcValid()).isTrue();
        assertThat(world.store.latestEpoch()).isEqualTo(8);
    }

    @Test
    void theFirstBatchIsGivenWholeIfAskedFor() {
        world.open();
        world.append(1, "x".repeat(500));

        assertThat(LogWorld.batches(world.store.read(0, 1, 10, true))).hasSize(1);
        ReadResult.Data cut = (ReadResult.Data) world.store.read(0, 1, 10, false);
        assertThat(cut.sizeInBytes()).isEqualTo(10);
        cut.release();
    }

    @Test
    void offsetsOutsideOfTheLogAreOutOfRange() {
        world.open();
        world.append(1, "a", "b");
        world.store.advanceStartOffset(1);

        assertThat(world.store.read(0, 2, 100, true)).isEqualTo(new ReadResult.OutOfRange(1, 2));
        assertThat(world.store.read(3, 4, 100, true)).isEqualTo(new ReadResult.OutOfRange(1, 2));
        assertThat(((ReadResult.Data) world.store.read(2, 4, 100, true)).isEmpty()).isTrue();
    }

    @Test
    void aSegmentEndsWhenItsRecordsSpanItsTime() {
        world.settings = with(new LogSettings.Roll(1 << 20, 1_000, 0, 4096, 10_000), LogSettings.DEFAULT.retention(),
                LogSettings.DEFAULT.flush());
        world.open();
        world.append(10_000, "a");
        world.append(11_000, "b");
        assertThat(world.store.segmentCount()).isEqualTo(1);

        world.append(11_001, "c");

        assertThat(world.store.segmentCount()).isEqualTo(2);
    }

    @Test
    void aSegmentEndsWhenItsIndexIsFull() {
        world.settings = with(new LogSettings.Roll(1 << 20, Long.MAX_VALUE, 0, 1, 24), LogSettings.DEFAULT.retention(),
                LogSettings.DEFAULT.flush());
        world.open();

        for (int i = 0; i < 6; i++) {
            world.append(i, "a");
        }

        assertThat(world.store.segmentCount()).isGreaterThan(1);
        assertThat(world.read(0)).hasSize(6);
    }

    @Test
    void retentionByTimeTakesWholeSegmentsAndUnlinksThemLater() {
        world.settings = with(LogWorld.settings(200, 100).roll(),
                new LogSettings.Retention(1_000, -1, 500, true, false),
                LogSettings.DEFAULT.flush());
        world.open();
        long now = world.clock.wallMs();
        world.append(now - 5_000, "old", "old");
        world.append(now - 4_000, "old", "old", "x".repeat(100));
        world.append(now, "new", "x".repeat(100));
        world.flush();

        int deleted = world.store.deleteOldSegments(now, world.store.durableOffset());
        world.settle();

        assertThat(deleted).isPositive();
        assertThat(world.store.startOffset()).isEqualTo(5);
        assertThat(world.read(5)).hasSize(2);
        assertThat(SegmentCheck.files(world)).anyMatch(file -> file.endsWith(".deleted"));
        world.shard.advance(501);
        world.settle();
        assertThat(SegmentCheck.files(world)).noneMatch(file -> file.endsWith(".deleted"));
    }

    @Test
    void retentionLeavesWhatIsNotCommitted() {
        world.settings = with(LogWorld.settings(200, 100).roll(),
                new LogSettings.Retention(1_000, -1, 500, true, false),
                LogSettings.DEFAULT.flush());
        world.open();
        world.append(1, "a");

        assertThat(world.store.deleteOldSegments(world.clock.wallMs(), 0)).isZero();
    }

    @Test
    void allOfAnOldLogGoesAndItsEndStays() {
        world.settings = with(LogWorld.settings(200, 100).roll(),
                new LogSettings.Retention(1_000, -1, 500, true, false),
                LogSettings.DEFAULT.flush());
        world.open();
        world.append(1, "a", "b");
        world.flush();

        world.store.deleteOldSegments(world.clock.wallMs(), 2);
        world.settle();
        world.closeClean();
        world.open();

        assertThat(world.store.startOffset()).isEqualTo(2);
        assertThat(world.append(1, "c").baseOffset()).isEqualTo(2);
    }

    @Test
    void retentionBySizeKeepsAtLeastThatMuch() {
        world.settings = with(LogWorld.settings(200, 100).roll(), new LogSettings.Retention(-1, 500, 500, true, false),
                LogSettings.DEFAULT.flush());
        world.open();
        for (int i = 0; i < 20; i++) {
            world.append(1, "x".repeat(100));
        }
        world.flush();

        world.store.deleteOldSegments(world.clock.wallMs(), world.store.durableOffset());

        assertThat(world.store.sizeInBytes()).isBetween(500L, 700L);
    }

    @Test
    void filesStayWithinTheirBudgetWhoeverReads() {
        world.open();
        for (int i = 0; i < 100; i++) {
            world.append(i, "x".repeat(500));
        }
        world.flush();
        OpenFiles budget = world.openFiles;

        for (int i = 0; i < 100; i++) {
            world.read(i, i + 1, 10);
        }

        assertThat(world.store.segmentCount()).isGreaterThan(20);
        assertThat(budget.openCount()).isLessThanOrEqualTo(64);
        assertThat(world.disk.openHandles()).as("the journal's is one more").isEqualTo(budget.openCount() + 1);
    }

    @Test
    void anIdleLogHoldsNoFileOpen() {
        world.open();
        world.append(1, "a");

        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }

        assertThat(world.disk.openHandles()).isZero();
    }

    @Test
    void afterACleanStopNothingIsOpenedButTheDirectorysOwnFiles() {
        world.open();
        world.append(1, "a");
        world.closeClean();
        world.openDirectory();
        int before = world.disk.count(DiskOperation.OPEN);

        world.store = world.directory.openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard);

        assertThat(world.store.endOffset()).isEqualTo(1);
        assertThat(world.disk.count(DiskOperation.OPEN) - before).as("partition.metadata").isEqualTo(1);
    }

    @Test
    void replicatedBatchesKeepTheirOffsets() {
        world.open();
        ByteBuffer batch = new BatchBuilder().baseOffset(5)
                .leaderEpoch(3)
                .append(1, null, LogWorld.bytes("a"))
                .build();

        world.store.append(batch, AppendOrigin.REPLICATION, -1);
        AppendResult again = world.store.append(batch.duplicate(), AppendOrigin.REPLICATION, -1);

        assertThat(world.store.endOffset()).isEqualTo(6);
        assertThat(world.store.latestEpoch()).isEqualTo(3);
        assertThat(((AppendResult.Rejected) again).reason()).isEqualTo(RejectReason.OFFSETS_NOT_FOLLOWING);
    }

    @Test
    void aFollowerStartsOverWhereItsLeaderStarts() {
        world.open();
        world.append(1, "a");
        world.flush();

        world.store.truncateFullyAndStartAt(100);
        world.append(1, "b");
        world.closeClean();
        world.open();

        assertThat(world.store.startOffset()).isEqualTo(100);
        assertThat(world.read(100)).containsExactly("100:b");
    }

    /// Whether the cut lies in a segment that is still there, or before all of them.
    @ParameterizedTest
    @ValueSource(ints = {3, 12})
    void aLogThatIsCutBelowItsStartGoesOnThereAlsoAfterACrash(int cut) {
        world.settings = LogWorld.settings(400, 100);
        world.open();
        for (int i = 0; i < 20; i++) {
            world.append(1, "old" + i);
        }
        world.flush();
        world.store.advanceStartOffset(15);
        world.store.deleteOldSegments(world.clock.wallMs(), 10);
        world.directory.checkpoint();
        world.settle();

        world.store.truncateTo(cut);
        assertThat(world.store.startOffset()).isEqualTo(cut);
        assertThat(world.store.endOffset()).isEqualTo(cut);
        for (int i = 0; i < 5; i++) {
            world.append(1, "new" + i);
        }
        world.flush();
        world.directory.close();
        world.disk.crash(new SplittableRandom(1));
        world.open();

        assertThat(world.store.startOffset()).isEqualTo(cut);
        assertThat(world.read(cut)).hasSize(5).startsWith(cut + ":new0").endsWith((cut + 4) + ":new4");
        assertThat(SegmentCheck.problems(world)).isEmpty();
    }

    @Test
    void aCorruptBatchIsRefusedAndNothingIsWritten() {
        world.open();
        ByteBuffer batch = new BatchBuilder().append(1, null, LogWorld.bytes("a")).build();
        batch.put(batch.limit() - 1, (byte) 99);

        AppendResult result = world.store.append(batch, AppendOrigin.CLIENT, 0);

        assertThat(((AppendResult.Rejected) result).reason()).isEqualTo(RejectReason.CORRUPT);
        assertThat(world.store.sizeInBytes()).isZero();
    }

    @Test
    void aBatchTheTopicDoesNotWantIsRefusedWithItsRecords() {
        world.open();
        long late = world.clock.wallMs() + 2 * 3_600_000L;
        BatchBuilder batch = new BatchBuilder().append(world.clock.wallMs(), null, LogWorld.bytes("a"))
                .append(late, null, LogWorld.bytes("b"));

        AppendResult.Rejected result = (AppendResult.Rejected) world.append(batch, 0);

        assertThat(result.reason()).isEqualTo(RejectReason.INVALID_TIMESTAMP);
        assertThat(result.records()).singleElement().satisfies(fault -> assertThat(fault.index()).isEqualTo(1));
        assertThat(world.store.endOffset()).isZero();
    }

    @Test
    void theTopicsCodecAndClockArePutInPlace() {
        LogSettings plain = LogWorld.settings(2_000, 100);
        world.settings = new LogSettings(plain.roll(), plain.retention(), plain.flush(),
                new BatchRules(TimestampType.LOG_APPEND_TIME, 1, 1, false, 1_000, 10_000,
                        new CompressionTarget.Fixed(Compression.GZIP, 1)));
        world.open();

        AppendResult.Appended result = world.append(1, "a", "b");

        RecordBatch stored = LogWorld.batches(world.store.read(0, 2, 1_000, true)).getFirst();
        assertThat(result.logAppendTimeMs()).isEqualTo(world.clock.wallMs());
        assertThat(stored.compression()).isEqualTo(Compression.GZIP);
        assertThat(stored.maxTimestamp()).isEqualTo(world.clock.wallMs());
        assertThat(stored.isCrcValid()).isTrue();
        assertThat(world.read(0)).containsExactly("0:a", "1:b");
        assertThat(world.store.offsetForTimestamp(world.clock.wallMs()))
                .contains(new TimestampOffset(world.clock.wallMs(), 0, 0));
    }

    @Test
    void flushMessagesFlushesUnasked() {
        world.settings = with(LogWorld.settings(2_000, 100).roll(), LogSettings.DEFAULT.retention(),
                new LogSettings.Flush(2, Long.MAX_VALUE));
        world.open();

        world.append(1, "a");
        world.settle();
        assertThat(world.store.durableOffset()).isZero();
        world.append(1, "b");
        world.settle();

        assertThat(world.store.durableOffset()).isEqualTo(2);
    }

    @Test
    void flushMsFlushesUnasked() {
        world.settings = with(LogWorld.settings(2_000, 100).roll(), LogSettings.DEFAULT.retention(),
                new LogSettings.Flush(Long.MAX_VALUE, 50));
        world.open();
        world.append(1, "a");

        world.shard.advance(50);
        world.settle();

        assertThat(world.store.durableOffset()).isEqualTo(1);
    }

    @Test
    void aClosedLogRefuses() {
        world.open();
        world.store.close();

        assertThatThrownBy(() -> world.append(1, "a")).isInstanceOf(StorageFailed.class).hasMessageContaining("closed");
    }
}
