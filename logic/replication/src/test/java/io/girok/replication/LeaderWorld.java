package io.girok.replication;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.record.BatchBuilder;
import io.girok.replication.AppendOutcome.Written;
import io.girok.replication.PartitionLeader.CommitWait;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;

/// The leader of a partition on broker 1, and what it proposes to the controller.
abstract class LeaderWorld {
    static final short ALL = -1;
    static final short LEADER = 1;

    static final long MAX_LAG_MS = 1000;

    record Proposed(InSyncProposals.Proposal proposal, InSyncProposals.Answer answer) {
        List<Integer> isr() {
            return proposal.isr().stream().map(InSyncProposals.Member::brokerId).toList();
        }
    }

    final List<Proposed> proposed = new ArrayList<>();
    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk();
    final SimulatedShard shard = new SimulatedShard(clock);
    final List<Errors> done = new ArrayList<>();
    PartitionLeader leader;

    @BeforeEach
    void open() {
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 10), shard,
                () -> new TopicId(1, 1), Durability.OS, 1000);
        LogDirectory directory = LogDirectory.open(Path.of("/data"), "cluster", 1, environment);
        leader = new PartitionLeader(
                directory.openPartition(new PartitionName("orders", 0), new TopicId(2, 2), LogSettings.DEFAULT, shard),
                LogSettings.DEFAULT, 1,
                new ReplicationSettings(1, clock, MAX_LAG_MS,
                        (proposal, answer) -> proposed.add(new Proposed(proposal, answer)), () -> false, true));
    }

    int mostCaughtUp(long offset) {
        return leader.mostCaughtUp(offset, brokerId -> true);
    }

    void lead(int epoch, Integer... isr) {
        leader.lead(new Leadership(1, epoch, List.of(isr)));
    }

    void lead(int partitionEpoch, List<Integer> replicas, Integer... isr) {
        leader.lead(new Leadership(1, 5, partitionEpoch, replicas, List.of(isr)));
    }

    /// A follower of the present epoch that has everything below `durableOffset`.
    FetchedPartition fetch(int brokerId, long durableOffset) {
        return fetch(brokerId, durableOffset, 0);
    }

    FetchedPartition fetch(int brokerId, long durableOffset, long startOffset) {
        FetchPosition position = new FetchPosition(leader.leaderEpoch(), durableOffset, -1, startOffset, 1 << 20);
        FetchedPartition fetched = leader.readFor(new PartitionLeader.Follower(brokerId, 100 + brokerId), position,
                true);
        fetched.release();
        return fetched;
    }

    AppendOutcome append(short acks) {
        return leader.append(batch(), AppendOrigin.CLIENT, acks);
    }

    CommitWait awaitCommitted(AppendOutcome outcome) {
        return leader.awaitCommitted(((Written) outcome).endOffset(), done::add);
    }

    ByteBuffer batch() {
        return new BatchBuilder().append(clock.wallMs(), null, ByteBuffer.wrap(new byte[10])).build();
    }

    static final class Watch implements PartitionLeader.ProgressListener {
        long bytes;
        int news;
        int interruptions;

        @Override
        public void onNews() {
            news++;
        }

        @Override
        public void onProgress(long sizeInBytes) {
            bytes += sizeInBytes;
        }

        @Override
        public void onInterrupted() {
            interruptions++;
        }
    }
}
