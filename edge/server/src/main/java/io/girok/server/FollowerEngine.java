package io.girok.server;

import io.girok.base.Disk;
import io.girok.base.Shard;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.membership.follow.MetadataCopyFile;
import io.girok.metadata.MetadataLog;
import io.girok.network.PeerNetwork;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node does not vote: it follows the voters. Thread-safe.
final class FollowerEngine implements QuorumEngine {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerEngine.class);
    private static final long ANSWER_LIMIT_MS = 1_000;
    private static final long COPY_LIMIT_MS = 5_000;

    private final QuorumTransport fetches;
    private final QuorumTransport barriers;
    private final ExecutorService delivery = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("girok-metadata").factory());
    private final FollowedMetadataLog log;

    /// How the node reaches voters, and where it keeps what they say.
    record Surroundings(PeerNetwork peers, NodeAddresses addresses, Shard shard, Executor blockingPool, Disk disk) {}

    FollowerEngine(ServerSettings settings, String clusterId, Surroundings around) {
        this.fetches = transport(settings, around, FollowedMetadataLog.maxAnswerDelayMs() + ANSWER_LIMIT_MS);
        this.barriers = transport(settings, around, ANSWER_LIMIT_MS);
        this.log = new FollowedMetadataLog(
                new FollowedMetadataLog.Voters(settings.nodeId(), clusterId, settings.voters().ids(), fetches::send,
                        barriers::send),
                new FollowedMetadataLog.Surroundings(around.shard(), delivery, around.blockingPool(),
                        new MetadataCopyFile(around.disk(), settings.logDirectories().getFirst())));
    }

    private static QuorumTransport transport(ServerSettings settings, Surroundings around, long limitMs) {
        return QuorumTransport.ofFollower(settings.nodeId(), around.peers(), around.addresses(), around.shard(),
                limitMs);
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    @Override
    public EnvelopeHandler.QuorumMessages messages() {
        return message -> CompletableFuture.failedFuture(new IOException("this node does not vote"));
    }

    @Override
    public void whenGone(int nodeId) {
        // No member of the quorum says anything to this node.
    }

    /// Keeps what it knows for the next start.
    @Override
    public void close() {
        try {
            log.snapshot().get(COPY_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("no copy of the metadata was kept; the next start asks the voters for more: {}", e.toString());
        } catch (InterruptedException e) {
            LOG.warn("interrupted while a copy of the metadata was kept");
        }
        log.close();
        fetches.close();
        barriers.close();
        delivery.shutdown();
    }
}
