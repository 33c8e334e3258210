package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.record.BatchBuilder;
import io.girok.wire.PeerConnection;
import io.girok.wire.TopicUuids;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/// A follower before a leader that has always more: by `follower.replication.throttled.rate`, and on a full disk.
class ReplicaFetcherTest {
    private static final TopicId TOPIC = new TopicId(2, 2);
    private static final int LEADER = 2;
    private static final int VALUE_BYTES = 3_000;

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final ByteRate rate = new ByteRate(clock);
    private final Leader leader = new Leader();
    private final ReplicaFetchers fetchers = new ReplicaFetchers(List.of(shard),
            new ReplicaFetchers.Settings(1, () -> 7, 500, 1 << 20, 1 << 20, 1000, rate), (id, owner) -> leader);
    private final PartitionStore store;
    private final PartitionFollower follower;

    ReplicaFetcherTest() {
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 10), shard,
                () -> new TopicId(1, 1), Durability.OS, 1000);
        LogDirectory directory = LogDirectory.open(Path.of("/data"), "cluster", 1, environment);
        store = directory.openPartition(new PartitionName("orders", 0), TOPIC, LogSettings.DEFAULT, shard);
        follower = new PartitionFollower(new PartitionId(TOPIC, 0), store, new PartitionLeader(store,
                LogSettings.DEFAULT, 1, ReplicationSettings.alone(1, clock)));
    }

    /// Answers each fetch that names a partition with one record, and says how much more is committed.
    private static final class Leader implements PeerConnection {
        private final Queue<Runnable> answers = new ArrayDeque<>();
        private long highWatermark = 1_000;
        private long nextOffset;
        private int answerCount;
        private long startOffset;
        private boolean hasRecords = true;
        private long toldStartOffset;
        private boolean isForgotten = true;

        @Override
        public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
            FetchRequestData request = (FetchRequestData) body;
            if (!request.forgottenTopicsData().isEmpty()) {
                isForgotten = true;
            }
            if (!request.topics().isEmpty()) {
                isForgotten = false;
                FetchPartition asked = request.topics().getFirst().partitions().getFirst();
                nextOffset = asked.fetchOffset();
                toldStartOffset = asked.logStartOffset();
            }
            if (!isForgotten) {
                answers.add(() -> answer.onAnswer(record()));
            }
        }

        private FetchResponseData record() {
            answerCount++;
            ByteBuffer batch = new BatchBuilder().baseOffset(nextOffset)
                    .append(0, null, ByteBuffer.allocate(VALUE_BYTES))
                    .build();
            return new FetchResponseData().setSessionId(9)
                    .setResponses(List.of(new FetchableTopicResponse().setTopicId(TopicUuids.of(TOPIC))
                            .setPartitions(List.of(new PartitionData().setPartitionIndex(0)
                                    .setHighWatermark(highWatermark)
                                    .setLogStartOffset(startOffset)
                                    .setRecords(hasRecords
                                            ? MemoryRecords.readableRecords(batch)
                                            : MemoryRecords.EMPTY)))));
        }

        @Override
        public void onClose(Consumer<IOException> listener) {}

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public void close() {}
    }

    private void answer(int times) {
        for (int i = 0; i < times; i++) {
            shard.runAll();
            Runnable next = leader.answers.poll();
            if (next != null) {
                next.run();
            }
            shard.runAll();
        }
    }

    @Test
    void aFollowerThatCatchesUpAsksForNoMoreThanTheRate() {
        rate.limit(1_000);
        follower.throttle(true);
        shard.enter(() -> fetchers.follow(follower, shard, LEADER, 1));

        answer(5);

        assertThat(store.endOffset()).as("the first passes whole").isEqualTo(1);

        for (int ms = 0; ms < 30_000; ms += 100) {
            clock.advance(100);
            answer(1);
        }

        assertThat(store.endOffset()).isBetween(9L, 12L);
    }

    @Test
    void aFollowerThatHasAllThatIsCommittedIsNotThrottled() {
        rate.limit(1_000);
        follower.throttle(true);
        leader.highWatermark = 0;
        shard.enter(() -> fetchers.follow(follower, shard, LEADER, 1));

        answer(20);

        assertThat(store.endOffset()).isEqualTo(20);
    }

    @Test
    void aFollowerThatNobodyNamesIsNotThrottled() {
        rate.limit(1_000);
        shard.enter(() -> fetchers.follow(follower, shard, LEADER, 1));

        answer(20);

        assertThat(store.endOffset()).isEqualTo(20);
    }

    @Test
    void aFollowerWhoseDiskIsFullFetchesSeldomWhatItCanNotTake() {
        shard.enter(() -> fetchers.follow(follower, shard, LEADER, 1));
        answer(3);
        int taken = leader.answerCount;
        disk.setCapacity(disk.usedBytes());

        pass(10_000);
        assertThat(store.endOffset()).isEqualTo(taken);
        assertThat(leader.answerCount - taken).isBetween(5, 12);
        disk.setCapacity(Long.MAX_VALUE);
        pass(3_000);

        assertThat(store.endOffset()).isGreaterThan(taken + 50);
    }

    @Test
    void theLeaderHearsThatWhatItDeletedIsGone() {
        shard.enter(() -> fetchers.follow(follower, shard, LEADER, 1));
        answer(3);
        leader.hasRecords = false;
        leader.startOffset = 2;

        answer(2);

        assertThat(store.startOffset()).isEqualTo(2);
        assertThat(leader.toldStartOffset).isEqualTo(2);
    }

    private void pass(int ms) {
        for (int i = 0; i < ms; i += 10) {
            clock.advance(10);
            answer(1);
        }
    }
}
