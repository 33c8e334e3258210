package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.record.BatchBuilder;
import io.girok.record.BatchRules;
import io.girok.record.CompressionTarget;
import io.girok.record.RecordBatch;
import io.girok.record.TimestampType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// When a segment ends and when it goes: one rule a test.
class RetentionTest {
    private static final long HOUR_MS = 3_600_000;
    private static final String PADDING = "x".repeat(100);

    private final LogWorld world = new LogWorld();
    private final long now = world.clock.wallMs();

    @Test
    void theLargestTimestampCountsInWhateverOrderTheyCome() {
        open(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE);
        world.append(now - 5 * HOUR_MS, "a", PADDING);
        world.append(now - HOUR_MS, "b", PADDING);
        world.append(now - 9 * HOUR_MS, "c", PADDING);
        world.store.roll();
        world.append(now - 7 * HOUR_MS, "d", PADDING);
        world.store.roll();

        assertThat(retain()).as("at its age to the millisecond it stays, and so does what follows").isZero();
        world.clock.advance(1);
        assertThat(retain()).isEqualTo(2);
        assertThat(world.store.startOffset()).isEqualTo(world.store.endOffset());
    }

    @Test
    void aFollowerDeletesWhatItsLeaderHasDeletedOnly() {
        open(new LogSettings.Retention(HOUR_MS, 1, 0, true, false), Long.MAX_VALUE);
        world.append(now - 5 * HOUR_MS, "a");
        world.store.roll();
        world.append(now - 5 * HOUR_MS, "b");
        world.store.roll();
        world.append(now - 5 * HOUR_MS, "c");

        assertThat(world.store.deleteBelowStart(now, 3)).isZero();
        world.store.advanceStartOffset(1);

        assertThat(world.store.deleteBelowStart(now, 3)).isEqualTo(1);
        assertThat(world.store.startOffset()).isEqualTo(1);
    }

    @Test
    void aDeletionThatComesLateLeavesTheNextLogAlone() throws IOException {
        deleteASegmentSoon();
        world.delete();
        world.openPartition();

        assertThatItBeginsAnew();
    }

    @Test
    void aDeletionThatComesLateLeavesALogAloneThatBeginsAnew() throws IOException {
        deleteASegmentSoon();
        world.store.truncateFullyAndStartAt(0);

        assertThatItBeginsAnew();
    }

    /// The pool has not come to it yet.
    private void deleteASegmentSoon() {
        open(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE);
        world.append(now - 5 * HOUR_MS, "a");
        world.store.roll();
        world.append(now, "b");
        world.flush();
        assertThat(world.store.deleteOldSegments(now, 2)).isEqualTo(1);
    }

    private void assertThatItBeginsAnew() throws IOException {
        world.append(now, "c");
        world.flush();
        world.shard.advance(1_000);
        world.settle();
        world.closeClean();
        assertThat(world.open().read(0)).containsExactly("0:c");
    }

    @Test
    void aSegmentWithoutTimestampsIsAsOldAsItsFile() {
        open(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE);
        world.append(RecordBatch.NO_TIMESTAMP, "a");
        world.store.roll();
        world.append(now, "b");

        assertThat(retain()).isZero();
        world.clock.advance(HOUR_MS);
        assertThat(retain()).isZero();
        assertThat(world.store.retentionDueMs()).isEqualTo(world.clock.wallMs() + 1);
        world.clock.advance(1);
        assertThat(retain()).isEqualTo(2);
        world.closeClean();
        world.open();
        assertThat(world.store.startOffset()).isEqualTo(2);
    }

    @Test
    void aRecordDatedAheadKeepsItsSegmentNoLongerThanTheTopicAllows() {
        open(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE);
        world.append(now + 1_000 * HOUR_MS, "from the future");
        world.store.roll();
        world.append(now, "a");
        world.store.roll();
        world.clock.advance(2 * HOUR_MS);
        assertThat(retain()).as("the topic allows it").isZero();

        world.store.updateSettings(settings(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), HOUR_MS));

        assertThat(retain()).as("written 2 h ago, as if 1 h ago").isZero();
        world.clock.advance(1);
        assertThat(retain()).isEqualTo(2);
    }

    @Test
    void theClockOfTheBrokerCountsWhereTheTopicSaysSo() {
        world.settings = new LogSettings(LogWorld.settings(1 << 20, 100).roll(),
                new LogSettings.Retention(HOUR_MS, -1, 0, true, false), LogSettings.DEFAULT.flush(),
                rules(TimestampType.LOG_APPEND_TIME, HOUR_MS));
        world.open();
        world.append(1, "long ago, says the producer");
        world.append(now + 1_000 * HOUR_MS, "from the future");
        world.store.roll();

        assertThat(retain()).isZero();
        world.clock.advance(HOUR_MS + 1);
        assertThat(retain()).isEqualTo(1);
    }

    @Test
    void minusOneKeepsForEver() {
        open(new LogSettings.Retention(-1, -1, 0, true, false), Long.MAX_VALUE);
        world.append(1, "a");
        world.store.roll();
        world.clock.advance(100_000 * HOUR_MS);

        assertThat(retain()).isZero();
    }

    @Test
    void nothingGoesByAgeOrSizeWhereTheTopicIsOnlyCompacted() {
        open(new LogSettings.Retention(1, 1, 0, false, true), Long.MAX_VALUE);
        world.append(1, "a");
        world.append(1, "b");
        world.store.roll();
        world.append(1, "c");

        assertThat(retain()).isZero();
        world.store.advanceStartOffset(2);
        assertThat(retain()).as("but what DeleteRecords has hidden goes").isEqualTo(1);
    }

    @Test
    void compactedAndDeletedIsDeleted() {
        open(new LogSettings.Retention(1, -1, 0, true, true), Long.MAX_VALUE);
        world.append(1, "a");
        world.store.roll();

        assertThat(retain()).isEqualTo(1);
    }

    @Test
    void anIdleSegmentThatIsTooOldEndsAndGoesWithoutAnAppend() {
        open(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE);
        world.append(now, "a", "b");
        world.clock.advance(HOUR_MS + 1);

        assertThat(retain()).isEqualTo(1);
        assertThat(world.store.startOffset()).isEqualTo(2);
        assertThat(world.store.segmentCount()).isEqualTo(1);
        assertThat(retain()).as("an empty log stays").isZero();
        assertThat(world.append(now, "c").baseOffset()).isEqualTo(2);
    }

    @Test
    void bytesAreKeptUpToASegmentMore() {
        open(new LogSettings.Retention(-1, 1_000, 0, true, false), Long.MAX_VALUE);
        for (int i = 0; i < 10; i++) {
            world.append(now, PADDING);
            world.append(now, PADDING);
            world.store.roll();
        }
        long segment = world.store.sizeInBytes() / 10;

        retain();

        assertThat(world.store.sizeInBytes()).isBetween(1_000L, 1_000 + segment - 1);
    }

    @Test
    void noBytesKeepNothing() {
        open(new LogSettings.Retention(-1, 0, 0, true, false), Long.MAX_VALUE);
        world.append(now, "a");

        assertThat(retain()).isEqualTo(1);
        assertThat(world.store.sizeInBytes()).isZero();
    }

    @Test
    void deletedFilesStayForTheirDelay() {
        open(new LogSettings.Retention(1, -1, 5_000, true, false), Long.MAX_VALUE);
        world.append(1, "a");
        retain();

        world.shard.advance(4_999);
        world.settle();
        List<String> before = SegmentCheck.files(world);
        world.shard.advance(1);
        world.settle();

        assertThat(before).anyMatch(file -> file.endsWith(".log.deleted"));
        assertThat(SegmentCheck.files(world)).noneMatch(file -> file.endsWith(".deleted"));
    }

    @Test
    void aDeletionCutShortLeavesNothingAfterTheNextStart() {
        open(new LogSettings.Retention(HOUR_MS, -1, 5_000, true, false), Long.MAX_VALUE);
        world.append(now - 5 * HOUR_MS, "a");
        world.store.roll();
        world.append(now, "b");
        world.flush();
        world.disk.plant(DiskFault.next(DiskOperation.RENAME).onEnding(".timeindex").lasting());
        retain();
        world.settle();
        assertThat(SegmentCheck.files(world)).contains("00000000000000000000.timeindex")
                .doesNotContain("00000000000000000000.log");

        world.directory.close();
        world.disk.removeFaults();
        world.disk.endProcess();
        world.open();

        assertThat(SegmentCheck.files(world)).noneMatch(file -> file.contains("00000000000000000000."));
        assertThat(world.read(1)).containsExactly("1:b");
    }

    @Test
    void changedSettingsHoldAtOnce() {
        open(new LogSettings.Retention(-1, -1, 0, true, false), Long.MAX_VALUE);
        world.append(now - 2 * HOUR_MS, "a");
        world.store.roll();
        assertThat(retain()).isZero();

        world.store.updateSettings(
                settings(new LogSettings.Retention(HOUR_MS, -1, 0, true, false), Long.MAX_VALUE));

        assertThat(retain()).isEqualTo(1);
    }

    @Test
    void aSegmentWithoutTimestampsEndsByTheClock() {
        openRolling(HOUR_MS, 0);
        world.append(RecordBatch.NO_TIMESTAMP, "a");
        world.clock.advance(HOUR_MS);
        world.append(RecordBatch.NO_TIMESTAMP, "b");
        assertThat(world.store.segmentCount()).isEqualTo(1);

        world.clock.advance(1);
        world.append(RecordBatch.NO_TIMESTAMP, "c");

        assertThat(world.store.segmentCount()).isEqualTo(2);
    }

    @Test
    void aSegmentEndsByItsRecordsTimeAfterARestartToo() {
        openRolling(HOUR_MS, 0);
        world.append(now, "a");
        world.append(now, "b");
        world.closeClean();
        world.open();
        world.append(now + HOUR_MS, "c");
        assertThat(world.store.segmentCount()).isEqualTo(1);

        world.append(now + HOUR_MS + 1, "d");

        assertThat(world.store.segmentCount()).isEqualTo(2);
    }

    @Test
    void jitterTakesSomethingOffAndNeverAll() {
        Set<Long> ages = new HashSet<>();
        openRolling(1_000, Long.MAX_VALUE);
        long begun = now;
        for (int i = 0; i < 20; i++) {
            world.append(begun, "a");
            int segments = world.store.segmentCount();
            long age = 0;
            while (world.store.segmentCount() == segments) {
                age++;
                world.append(begun + age, "b");
            }
            ages.add(age);
            begun += age;
        }

        assertThat(ages).allMatch(age -> 1 <= age && age <= 1_001).hasSizeGreaterThan(1);
    }

    @Test
    void aRecordTooFarFromTheClockIsRefused() {
        world.settings = new LogSettings(LogWorld.settings(1 << 20, 100).roll(), LogSettings.DEFAULT.retention(),
                LogSettings.DEFAULT.flush(),
                new BatchRules(TimestampType.CREATE_TIME, 2 * HOUR_MS, HOUR_MS, false, 10_000, 10_000,
                        CompressionTarget.AS_PRODUCED));
        world.open();
        List<Long> taken = new ArrayList<>();

        for (long timestamp : new long[]{now - 2 * HOUR_MS - 1, now - 2 * HOUR_MS, now, now + HOUR_MS,
            now + HOUR_MS + 1, -1}) {
            AppendResult result = world.append(new BatchBuilder().append(timestamp, null, LogWorld.bytes("a")), 0);
            if (result instanceof AppendResult.Appended) {
                taken.add(timestamp - now);
            }
        }

        assertThat(taken).containsExactly(-2 * HOUR_MS, 0L, HOUR_MS, -1 - now);
    }

    private void open(LogSettings.Retention retention, long timestampAfterMaxMs) {
        world.settings = settings(retention, timestampAfterMaxMs);
        world.open();
    }

    private void openRolling(long segmentMs, long jitterMs) {
        world.settings = new LogSettings(new LogSettings.Roll(1 << 20, segmentMs, jitterMs, 4096, 10_000),
                LogSettings.DEFAULT.retention(), LogSettings.DEFAULT.flush(),
                rules(TimestampType.CREATE_TIME, Long.MAX_VALUE));
        world.open();
    }

    private static LogSettings settings(LogSettings.Retention retention, long timestampAfterMaxMs) {
        return new LogSettings(LogWorld.settings(1 << 20, 100).roll(), retention, LogSettings.DEFAULT.flush(),
                rules(TimestampType.CREATE_TIME, timestampAfterMaxMs));
    }

    private static BatchRules rules(TimestampType type, long timestampAfterMaxMs) {
        return new BatchRules(type, Long.MAX_VALUE, timestampAfterMaxMs, false, 10_000, 10_000,
                CompressionTarget.AS_PRODUCED);
    }

    private int retain() {
        world.flush();
        int count = world.store.deleteOldSegments(world.clock.wallMs(), world.store.durableOffset());
        world.settle();
        return count;
    }
}
