package io.girok.server;

import io.girok.base.Disk;
import io.girok.base.Shard;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.membership.follow.MetadataCopy;
import io.girok.membership.follow.MetadataCopyFile;
import io.girok.network.PeerNetwork;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// How a node that does not vote follows those who do. Thread-safe.
final class FollowerLinks {
    private static final long ANSWER_LIMIT_MS = 1_000;

    private final ServerSettings settings;
    private final String clusterId;
    private final Surroundings around;
    private final QuorumTransport fetches;
    private final QuorumTransport barriers;
    private final ExecutorService delivery = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("girok-metadata").daemon().factory());

    /// How the node reaches voters, and where it keeps what they say.
    record Surroundings(PeerNetwork peers, NodeAddresses addresses, Shard shard, Executor blockingPool, Disk disk) {}

    FollowerLinks(ServerSettings settings, String clusterId, Surroundings around) {
        this.settings = settings;
        this.clusterId = clusterId;
        this.around = around;
        this.fetches = transport(FollowedMetadataLog.maxAnswerDelayMs() + ANSWER_LIMIT_MS);
        this.barriers = transport(ANSWER_LIMIT_MS);
    }

    private QuorumTransport transport(long limitMs) {
        return QuorumTransport.ofFollower(settings.nodeId(), around.peers(), around.addresses(), around.shard(),
                limitMs);
    }

    Shard shard() {
        return around.shard();
    }

    /// One that keeps a copy of what it hears for the next start.
    FollowedMetadataLog keeping() {
        return follow(settings.voters().ids(),
                new MetadataCopyFile(around.disk(), settings.logDirectories().getFirst()));
    }

    /// One that keeps nothing: the node has a log of its own, or will have one.
    ///
    /// @param inLog the voters that its own log has, who need not be those that are set
    FollowedMetadataLog forgetful(Collection<Integer> inLog) {
        return follow(others(settings.nodeId(), settings.voters().ids(), inLog), MetadataCopy.NONE);
    }

    static List<Integer> others(int nodeId, Collection<Integer> set, Collection<Integer> inLog) {
        return Stream.concat(inLog.stream(), set.stream()).distinct().filter(id -> id != nodeId).toList();
    }

    private FollowedMetadataLog follow(List<Integer> voters, MetadataCopy copy) {
        return new FollowedMetadataLog(
                new FollowedMetadataLog.Voters(settings.nodeId(), clusterId, voters, fetches::send, barriers::send),
                new FollowedMetadataLog.Surroundings(around.shard(), delivery, around.blockingPool(), copy));
    }

    void close() {
        fetches.close();
        barriers.close();
        delivery.shutdown();
    }
}
