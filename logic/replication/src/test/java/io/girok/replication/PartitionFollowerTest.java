package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.FileSlice;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.files.EpochEnd;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.record.BatchBuilder;
import io.girok.replication.PartitionFollower.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/// Two replicas of a partition, one of which leads and the other follows, taking turns.
class PartitionFollowerTest {
    private static final TopicId TOPIC = new TopicId(2, 2);
    private static final short ALL = -1;
    private static final int MAX_BYTES = 1 << 20;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final Replica one = new Replica(1);
    private final Replica two = new Replica(2);

    /// A broker's copy.
    private final class Replica {
        private final int brokerId;
        private final MemoryDisk disk = new MemoryDisk();
        private final PartitionStore store;
        private final PartitionLeader leader;
        private final PartitionFollower follower;

        Replica(int brokerId) {
            this.brokerId = brokerId;
            LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 10), shard,
                    () -> new TopicId(1, brokerId), Durability.OS, 1000);
            LogDirectory directory = LogDirectory.open(Path.of("/data"), "cluster", brokerId, environment);
            store = directory.openPartition(new PartitionName("orders", 0), TOPIC, LogSettings.DEFAULT, shard);
            leader = new PartitionLeader(store, LogSettings.DEFAULT, 1, ReplicationSettings.alone(brokerId, clock));
            follower = new PartitionFollower(new PartitionId(TOPIC, 0), store, leader);
        }

        void lead(int epoch, Integer... isr) {
            leader.lead(new Leadership(brokerId, epoch, epoch, List.of(1, 2), List.of(isr)));
        }

        void follow(int epoch) {
            leader.resign();
            follower.follow(new ReplicaFetcher(3 - brokerId, shard, settings(), (id, owner) -> null), epoch);
        }

        private ReplicaFetchers.Settings settings() {
            return new ReplicaFetchers.Settings(brokerId, () -> 7, 500, MAX_BYTES, MAX_BYTES, 1000,
                    new ByteRate(clock));
        }

        void append(int count) {
            for (int i = 0; i < count; i++) {
                ByteBuffer batch = new BatchBuilder().append(clock.wallMs(), null, ByteBuffer.wrap(new byte[10]))
                        .build();
                assertThat(leader.append(batch, AppendOrigin.CLIENT, ALL)).isInstanceOf(AppendOutcome.Written.class);
            }
        }
    }

    @Test
    void aFollowerGetsWhatTheLeaderHas() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(5);

        catchUp(one, two);

        assertThat(two.store.endOffset()).isEqualTo(5);
        assertThat(two.store.latestEpoch()).isEqualTo(1);
        assertThat(one.leader.highWatermark()).isEqualTo(5);
        assertThat(two.leader.highWatermark()).isEqualTo(5);
    }

    @Test
    void whatOnlyADeposedLeaderHadIsCut() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(2);
        catchUp(one, two);
        one.append(3);

        two.follower.stop();
        two.lead(2, 2);
        two.append(1);
        one.follow(2);
        catchUp(two, one);

        assertThat(one.store.endOffset()).isEqualTo(3);
        assertThat(one.store.endOffsetFor(1)).isEqualTo(new EpochEnd(1, 2));
        assertThat(one.store.endOffsetFor(2)).isEqualTo(new EpochEnd(2, 3));
    }

    @Test
    void twoLeadersThatTookTurnsWithoutEachOtherAgreeInTheEnd() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(2);
        catchUp(one, two);
        one.append(1);
        two.follower.stop();
        two.lead(2, 2);
        two.append(4);
        one.lead(3, 1);
        one.append(2);

        two.follow(3);
        catchUp(one, two);

        assertThat(two.store.endOffset()).isEqualTo(one.store.endOffset()).isEqualTo(5);
        assertThat(epochsOf(two)).isEqualTo(epochsOf(one));
    }

    @Test
    void anEpochInWhichNothingWasWrittenIsForgottenWithTheLead() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(2);
        catchUp(one, two);
        two.follower.stop();
        two.lead(2, 2);

        two.follow(3);

        assertThat(two.follower.position(MAX_BYTES).lastFetchedEpoch()).isEqualTo(1);
    }

    @Test
    void aFollowerThatHasLessThanTheLeaderBeginsWithStartsOver() {
        one.lead(1, 1);
        one.append(5);
        one.leader.deleteBefore(3);
        two.follow(1);

        catchUp(one, two);

        assertThat(two.store.startOffset()).isEqualTo(3);
        assertThat(two.store.endOffset()).isEqualTo(5);
    }

    @Test
    void aLogThatStartsBeyondItsLeadersEndGoesOnAtThatEnd() {
        keepFrom100To150InTwoOf(50);
        // Elected unclean.
        one.lead(2, 1);

        two.follow(2);
        catchUp(one, two);
        assertThat(two.store.startOffset()).isEqualTo(50);
        assertThat(two.store.endOffset()).isEqualTo(50);
        one.append(5);
        catchUp(one, two);

        assertThat(two.store.endOffset()).isEqualTo(55);
        assertThat(valuesFrom(50, two)).isEqualTo(valuesFrom(50, one));
    }

    @Test
    void aLogThatStartsBeyondWhereItPartsFromItsLeadersLacksNothingAfterwards() {
        keepFrom100To150InTwoOf(80);
        // Elected unclean.
        one.lead(2, 1);
        one.append(420);

        two.follow(2);
        catchUp(one, two);

        assertThat(two.store.startOffset()).isEqualTo(80);
        assertThat(two.store.endOffset()).isEqualTo(500);
        assertThat(two.store.endOffsetFor(2)).isEqualTo(new EpochEnd(2, 500));
        assertThat(valuesFrom(80, two)).isEqualTo(valuesFrom(80, one));
    }

    /// Replica two led, and has deleted what lies below 100; replica one was out of sync by then.
    ///
    /// @param common what replica one has
    private void keepFrom100To150InTwoOf(int common) {
        two.lead(1, 1, 2);
        one.follow(1);
        two.append(common);
        catchUp(two, one);
        one.follower.stop();
        two.leader.lead(new Leadership(2, 1, 2, List.of(1, 2), List.of(2)));
        two.append(150 - common);
        assertThat(two.leader.deleteBefore(100).error()).isEqualTo(Errors.NONE);
    }

    private static ByteBuffer valuesFrom(long offset, Replica replica) {
        FetchedPartition read = replica.leader.reader().read(at(offset, -1, -1), Isolation.LOG_END, true);
        ByteBuffer bytes = bytesOf(read);
        read.release();
        return bytes;
    }

    @Test
    void aFollowerThatHasNoRoomToStartOverRestsAndTriesAgain() {
        one.lead(1, 1);
        one.append(5);
        one.leader.deleteBefore(3);
        two.follow(1);
        two.disk.plant(DiskFault.next(DiskOperation.WRITE).lasting().forWantOfRoom());

        Outcome outcome = two.follower.accept(fetch(one, two), 0);

        assertThat(outcome).isEqualTo(Outcome.NOT_TAKEN);
        assertThat(two.leader.hasFailed()).isFalse();
        two.disk.removeFaults();
        catchUp(one, two);
        assertThat(two.store.startOffset()).isEqualTo(3);
        assertThat(two.store.endOffset()).isEqualTo(5);
    }

    @Test
    void whatTheLeaderDeletedTheFollowerDeletes() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(5);
        catchUp(one, two);
        one.leader.deleteBefore(4);

        catchUp(one, two);

        assertThat(two.store.startOffset()).isEqualTo(4);
    }

    @Test
    void aFollowersClockDeletesNothing() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(5);
        catchUp(one, two);
        long inAYear = clock.wallMs() + 365L * 86_400_000;

        assertThat(two.leader.deleteOldSegments(inAYear)).isZero();
        assertThat(two.store.startOffset()).isZero();
        assertThat(one.leader.deleteOldSegments(inAYear)).isPositive();
    }

    @Test
    void anAnswerToAnEarlierPositionIsPassedOver() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(2);
        PartitionData first = fetch(one, two);
        PartitionData again = fetch(one, two);

        two.follower.accept(first, 0);
        Outcome outcome = two.follower.accept(again, 0);

        assertThat(outcome).isEqualTo(Outcome.TAKEN);
        assertThat(two.store.endOffset()).isEqualTo(2);
    }

    /// Its leader takes it for told, and does not say it again.
    @Test
    void whatAnAnswerThatIsPassedOverSaysOfTheLeadersLogCounts() {
        one.lead(1, 1);
        two.follow(1);
        one.append(2);
        catchUp(one, two);
        one.append(2);
        PartitionData first = fetch(one, two).setHighWatermark(2);
        one.leader.deleteBefore(1);
        PartitionData again = fetch(one, two).setHighWatermark(4);

        two.follower.accept(first, 2);
        assertThat(two.leader.highWatermark()).isEqualTo(2);
        two.follower.accept(again, 2);

        assertThat(two.store.endOffset()).isEqualTo(4);
        assertThat(two.leader.highWatermark()).isEqualTo(4);
        assertThat(two.store.startOffset()).isEqualTo(1);
    }

    @Test
    void whatAnAnswerSaysOfALogThatWasCutSinceDoesNotCount() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(5);
        catchUp(one, two);
        PartitionData late = fetch(one, two).setHighWatermark(5);
        two.store.truncateTo(2);
        two.leader.reader().truncated();

        two.follower.accept(late, 5);

        assertThat(two.leader.highWatermark()).isEqualTo(2);
        assertThat(two.store.endOffset()).isEqualTo(2);
    }

    @Test
    void damagedRecordsAreNotTaken() {
        one.lead(1, 1, 2);
        two.follow(1);
        one.append(1);
        PartitionData data = fetch(one, two);
        ByteBuffer bytes = ((MemoryRecords) data.records()).buffer();
        bytes.put(bytes.limit() - 1, (byte) (bytes.get(bytes.limit() - 1) ^ 1));

        Outcome outcome = two.follower.accept(data, 0);

        assertThat(outcome).isEqualTo(Outcome.NOT_TAKEN);
        assertThat(two.store.endOffset()).isZero();
    }

    @Test
    void anErrorOfTheLeaderIsWaitedOut() {
        two.follow(1);

        Outcome outcome = two.follower.accept(new PartitionData().setErrorCode(Errors.FENCED_LEADER_EPOCH.code()), 0);

        assertThat(outcome).isEqualTo(Outcome.REST);
    }

    @Test
    void aFollowerServesWhatItsLeaderSaysIsCommitted() {
        one.lead(1, 1, 2);
        two.follow(1);
        two.follower.inSync(true);
        one.append(2);

        take(fetch(one, two));
        assertThat(two.store.endOffset()).isEqualTo(2);
        assertThat(read(two, 0)).isEqualTo(answer(Errors.NONE, 0, 0));
        take(fetch(one, two));

        FetchedPartition all = two.follower.read(at(0, 1, -1), Isolation.READ_UNCOMMITTED, true);
        assertThat(all.highWatermark()).isEqualTo(2);
        assertThat(all.lastStableOffset()).isEqualTo(2);
        assertThat(all.sizeInBytes()).isEqualTo((int) one.store.sizeInBytes());
        assertThat(read(two, 2)).isEqualTo(answer(Errors.NONE, 2, 0));
        FetchedPartition committed = two.follower.read(at(0, 1, -1), Isolation.READ_COMMITTED, true);
        assertThat(committed.sizeInBytes()).isEqualTo(all.sizeInBytes());
        assertThat(committed.abortedTransactions()).isEmpty();
    }

    @Test
    void whatTheConsumerHasAndTheFollowerLacksIsOnItsWay() {
        one.lead(1, 1);
        one.append(3);
        two.follow(1);
        two.follower.inSync(true);

        assertThat(read(two, 2).error()).as("it has not heard of it").isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        PartitionData onlyTheFirst = fetch(one, two, 1);
        take(onlyTheFirst);

        assertThat(two.store.endOffset()).isEqualTo(1);
        assertThat(read(two, 3).error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(read(two, 4).error()).as("only the leader knows").isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void whatAFollowerHasDeletedIsOutOfRange() {
        one.lead(1, 1, 2);
        two.follow(1);
        two.follower.inSync(true);
        one.append(5);
        catchUp(one, two);
        one.leader.deleteBefore(4);
        catchUp(one, two);

        assertThat(read(two, 3).error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(read(two, 4).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void onlyTheLeaderSaysWhereAConsumersLogLeavesItsOwn() {
        one.lead(1, 1, 2);
        two.follow(1);
        two.follower.inSync(true);
        one.append(5);
        catchUp(one, two);

        assertThat(two.follower.read(at(5, 1, 1), Isolation.READ_UNCOMMITTED, true).error()).isEqualTo(Errors.NONE);
        FetchedPartition parted = two.follower.read(at(3, 1, 2), Isolation.READ_UNCOMMITTED, true);

        assertThat(parted.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(parted.diverging()).isNull();
    }

    @Test
    void aFollowerServesOnlyThoseWhoKnowItsLeader() {
        two.follow(3);
        two.follower.inSync(true);

        assertThat(errorOfRead(two, -1)).isEqualTo(Errors.NONE);
        assertThat(errorOfRead(two, 3)).isEqualTo(Errors.NONE);
        assertThat(errorOfRead(two, 2)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(errorOfRead(two, 4)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void whoFollowsNobodyOrIsOutOfSyncSendsConsumersAway() {
        assertThat(errorOfRead(two, -1)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        two.follow(1);
        assertThat(errorOfRead(two, -1)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        two.follower.inSync(true);
        assertThat(errorOfRead(two, -1)).isEqualTo(Errors.NONE);

        two.follower.stop();

        assertThat(errorOfRead(two, -1)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whoWaitsIsWokenByTheHighWatermarkOrByTheEnd() {
        List<String> heard = new ArrayList<>();
        one.lead(1, 1, 2);
        two.follow(1);
        two.follower.inSync(true);
        two.leader.watch(listener(heard), Isolation.READ_UNCOMMITTED);
        one.append(1);

        take(fetch(one, two));
        assertThat(heard).isEmpty();
        PartitionData committed = fetch(one, two);
        take(committed);
        assertThat(heard).containsExactly("bytes " + two.store.sizeInBytes());
        two.follower.inSync(false);

        assertThat(heard).hasSize(2).endsWith("interrupted");
    }

    @Test
    void whatIsCutIsNotServedAnyMore() {
        one.lead(1, 1);
        one.append(5);
        two.follow(1);
        catchUp(one, two);
        assertThat(two.leader.highWatermark()).isEqualTo(5);
        // Elected unclean.
        Replica three = new Replica(3);
        three.lead(2, 3);
        three.append(1);

        two.follow(2);
        two.follower.inSync(true);
        assertThat(two.follower.accept(fetch(three, two), 5)).isEqualTo(Outcome.TAKEN);

        assertThat(two.store.endOffset()).isZero();
        assertThat(two.leader.highWatermark()).isZero();
        assertThat(errorOfRead(two, 2)).isEqualTo(Errors.NONE);
    }

    private static PartitionLeader.ProgressListener listener(List<String> heard) {
        return new PartitionLeader.ProgressListener() {
            @Override
            public void onProgress(long sizeInBytes) {
                heard.add("bytes " + sizeInBytes);
            }

            @Override
            public void onNews() {
                heard.add("news");
            }

            @Override
            public void onInterrupted() {
                heard.add("interrupted");
            }
        };
    }

    private void take(PartitionData data) {
        assertThat(two.follower.accept(data, two.store.endOffset())).isEqualTo(Outcome.TAKEN);
    }

    private static Errors errorOfRead(Replica replica, int currentLeaderEpoch) {
        return replica.follower.read(at(0, currentLeaderEpoch, -1), Isolation.READ_UNCOMMITTED, true).error();
    }

    /// What a consumer at `offset` is answered, but for the records.
    private record Answer(Errors error, long highWatermark, int sizeInBytes) {}

    private static Answer answer(Errors error, long highWatermark, int sizeInBytes) {
        return new Answer(error, highWatermark, sizeInBytes);
    }

    private static Answer read(Replica replica, long offset) {
        FetchedPartition read = replica.follower.read(at(offset, -1, -1), Isolation.READ_UNCOMMITTED, true);
        read.release();
        return new Answer(read.error(), read.highWatermark(), read.sizeInBytes());
    }

    private static FetchPosition at(long offset, int currentLeaderEpoch, int lastFetchedEpoch) {
        return new FetchPosition(currentLeaderEpoch, offset, lastFetchedEpoch, -1, MAX_BYTES);
    }

    /// Lets `follower` fetch until it has everything and its leader knows.
    private static void catchUp(Replica leader, Replica follower) {
        for (int i = 0; i < 10; i++) {
            long offset = follower.store.endOffset();
            assertThat(follower.follower.accept(fetch(leader, follower), offset)).isEqualTo(Outcome.TAKEN);
        }
    }

    private static PartitionData fetch(Replica leader, Replica follower) {
        return fetch(leader, follower, MAX_BYTES);
    }

    private static PartitionData fetch(Replica leader, Replica follower, int maxBytes) {
        FetchedPartition fetched = leader.leader.readFor(new PartitionLeader.Follower(follower.brokerId, 7),
                follower.follower.position(maxBytes), true);
        PartitionData data = new PartitionData().setErrorCode(fetched.error().code())
                .setHighWatermark(fetched.highWatermark())
                .setLogStartOffset(fetched.logStartOffset())
                .setRecords(MemoryRecords.readableRecords(bytesOf(fetched)));
        if (fetched.diverging() != null) {
            data.setDivergingEpoch(new EpochEndOffset().setEpoch(fetched.diverging().leaderEpoch())
                    .setEndOffset(fetched.diverging().endOffset()));
        }
        fetched.release();
        return data;
    }

    private static ByteBuffer bytesOf(FetchedPartition fetched) {
        ByteBuffer bytes = ByteBuffer.allocate(fetched.sizeInBytes());
        try {
            for (FileSlice slice : fetched.slices()) {
                ByteBuffer part = bytes.slice(bytes.position(), slice.size());
                while (part.hasRemaining() && 0 < slice.read(part, part.position())) {
                    continue;
                }
                bytes.position(bytes.position() + slice.size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }

    private static List<EpochEnd> epochsOf(Replica replica) {
        List<EpochEnd> epochs = new ArrayList<>();
        for (int epoch = 0; epoch <= replica.store.latestEpoch(); epoch++) {
            epochs.add(replica.store.endOffsetFor(epoch));
        }
        return epochs;
    }
}
