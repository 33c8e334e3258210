package io.girok.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.LedPartition;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.PartitionLog.AppendOutcome;
import io.girok.coordinator.PartitionLog.FailureReason;
import io.girok.coordinator.PartitionLog.ReadOutcome;
import io.girok.group.GroupSettings;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.replication.Leadership;
import io.girok.replication.PartitionLeader;
import io.girok.replication.ReplicationSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.junit.jupiter.api.Test;

/// A coordinator's log on a real log, on a disk in memory.
class LeaderPartitionLogTest {
    private static final PartitionName NAME = new PartitionName("__consumer_offsets", 0);
    private static final PartitionId ID = new PartitionId(new TopicId(5, 5), 0);
    private static final int MAX_BATCH_BYTES = 100_000;

    private final MemoryDisk disk = new MemoryDisk();
    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final SimulatedShard pool = new SimulatedShard(clock);
    private final AtomicLong ids = new AtomicLong();
    private LedPartition partition = lead();

    private LedPartition lead() {
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 10), pool,
                () -> new TopicId(1, ids.incrementAndGet()), Durability.FSYNC, 86_400_000);
        LogDirectory directory = LogDirectory.open(Path.of("/data"), "cluster", 1, environment);
        PartitionStore store = directory.openPartition(NAME, ID.topic(), LogSettings.DEFAULT, shard);
        PartitionLeader leader = new PartitionLeader(store, LogSettings.DEFAULT, 1,
                ReplicationSettings.alone(1, clock));
        shard.enter(() -> leader.lead(new Leadership(1, 0, List.of(1))));
        settle();
        return new LedPartition(ID, NAME, shard, directory, leader);
    }

    private LeaderPartitionLog log() {
        return new LeaderPartitionLog(partition, clock, pool, MAX_BATCH_BYTES);
    }

    private void settle() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = 0 < shard.runAll() + pool.runAll();
        }
    }

    private static CoordinatorRecord record(String key, String value) {
        return new CoordinatorRecord(bytes(key), value == null ? null : bytes(value));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<CoordinatorRecord> readAll(LeaderPartitionLog log, int sliceBytes) {
        List<CoordinatorRecord> records = new ArrayList<>();
        for (long offset = log.startOffset(); offset < log.endOffset();) {
            CompletableFuture<ReadOutcome> slice = log.read(offset, sliceBytes);
            settle();
            ReadOutcome.Slice read = (ReadOutcome.Slice) slice.join();
            records.addAll(read.records());
            offset = read.nextOffset();
        }
        return records;
    }

    @Test
    void anAppendIsCommittedOnceItIsDurable() {
        LeaderPartitionLog log = log();

        CompletableFuture<AppendOutcome> outcome = log.append(List.of(record("a", "1"), record("b", null)));
        CompletableFuture<AppendOutcome> barrier = log.barrier();
        shard.runAll();
        assertThat(outcome).isNotDone();
        assertThat(barrier).isNotDone();
        settle();

        assertThat(outcome).isCompletedWithValue(new AppendOutcome.Committed(2));
        assertThat(barrier).isCompletedWithValue(new AppendOutcome.Committed(2));
    }

    @Test
    void whatIsCommittedStaysSoWhenTooFewReplicasAreInSync() {
        LeaderPartitionLog log = log();
        log.append(List.of(record("a", "1")));
        settle();
        shard.enter(() -> {
            partition.leader().lead(new Leadership(1, 0, 1, List.of(1, 2), List.of(1)));
            partition.leader().configure(LogSettings.DEFAULT, 2);
        });

        CompletableFuture<AppendOutcome> barrier = log.barrier();
        CompletableFuture<AppendOutcome> outcome = log.append(List.of(record("b", "1")));
        settle();

        assertThat(barrier).isCompletedWithValue(new AppendOutcome.Committed(1));
        assertThat(log.mayAppend()).isFalse();
        assertThat(outcome.join()).isInstanceOfSatisfying(AppendOutcome.Failed.class,
                failed -> assertThat(failed.reason()).isEqualTo(FailureReason.UNAVAILABLE));
    }

    @Test
    void whatWasAppendedIsReadInSlices() {
        LeaderPartitionLog log = log();
        List<CoordinatorRecord> written = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            List<CoordinatorRecord> batch = List.of(record("key" + i, "v".repeat(i)), record("gone" + i, null));
            log.append(batch);
            settle();
            written.addAll(batch);
        }

        assertThat(readAll(log, 300)).isEqualTo(written);
        assertThat(readAll(log, 1_000_000)).isEqualTo(written);
    }

    @Test
    void aReadFromInsideABatchBeginsThere() {
        LeaderPartitionLog log = log();
        log.append(List.of(record("a", "1"), record("b", "2"), record("c", "3")));
        settle();

        CompletableFuture<ReadOutcome> slice = log.read(1, 1_000);
        settle();

        assertThat(slice.join())
                .isEqualTo(new ReadOutcome.Slice(List.of(record("b", "2"), record("c", "3")), 3));
    }

    @Test
    void aLeaderThatResignedSaysSo() {
        LeaderPartitionLog log = log();
        CompletableFuture<AppendOutcome> waiting = log.append(List.of(record("a", "1")));
        partition.leader().resign();

        CompletableFuture<AppendOutcome> late = log.append(List.of(record("b", "1")));

        for (CompletableFuture<AppendOutcome> each : List.of(waiting, late)) {
            assertThat(each.join()).isInstanceOfSatisfying(
                    AppendOutcome.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(FailureReason.NOT_LEADER));
        }
    }

    @Test
    void committedOffsetsSurviveACrashOfTheMachine() {
        GroupApis before = apis();
        before.partitionListener().onLed(partition);
        settle();
        CompletableFuture<?> committed = before.groups()
                .commit(
                        new OffsetCommitRequestData().setGroupId("g")
                                .setTopics(
                                        List.of(
                                                new OffsetCommitRequestTopic().setName("orders")
                                                        .setPartitions(
                                                                List.of(
                                                                        new OffsetCommitRequestPartition()
                                                                                .setCommittedOffset(42))))));
        settle();
        assertThat(committed).isDone();

        disk.crash(new Random(1));
        partition = lead();
        GroupApis after = apis();
        after.partitionListener().onLed(partition);
        settle();
        CompletableFuture<OffsetFetchResponseGroup> fetched = after.groups()
                .fetch(new OffsetFetchRequestGroup().setGroupId("g").setTopics(null));
        settle();

        assertThat(fetched.join().topics().getFirst().partitions().getFirst().committedOffset()).isEqualTo(42);
    }

    @Test
    void otherPartitionsAreNoneOfItsBusiness() {
        GroupApis apis = apis();
        LedPartition other = new LedPartition(ID, new PartitionName("orders", 0), shard, partition.directory(),
                partition.leader());

        apis.partitionListener().onLed(other);
        settle();
        CompletableFuture<OffsetFetchResponseGroup> fetched = apis.groups()
                .fetch(new OffsetFetchRequestGroup().setGroupId("g").setTopics(null));
        settle();

        assertThat(fetched.join().errorCode()).isNotZero();
    }

    private GroupApis apis() {
        return new GroupApis(GroupSettings.DEFAULT, MAX_BATCH_BYTES, new OneTopic(), clock, pool, () -> "unique");
    }

    /// `orders`, and `__consumer_offsets` with one partition.
    private static final class OneTopic implements GroupCluster {
        @Override
        public TopicId idOf(String topic) {
            return new TopicId(1, 1);
        }

        @Override
        public String nameOf(TopicId id) {
            return "orders";
        }

        @Override
        public int partitionCount(String topic) {
            return 1;
        }

        @Override
        public int leaderOf(String topic, int index) {
            return 1;
        }

        @Override
        public CompletableFuture<Void> createOffsetsTopic() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Endpoint endpoint(int brokerId, String listenerName) {
            return null;
        }
    }
}
