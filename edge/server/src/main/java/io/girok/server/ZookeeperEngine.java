package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.quorum.zookeeper.ZookeeperMetadataLog;
import io.girok.quorum.zookeeper.ZookeeperSettings;
import io.girok.wire.NodeAddress;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The metadata log is in a ZooKeeper ensemble, on which every node is like every other. Thread-safe.
///
/// Nodes say nothing to each other about it. That the active controller's process is gone the others find out
/// themselves: the ensemble only notices that its session is over.
final class ZookeeperEngine implements QuorumEngine {
    private final ZookeeperMetadataLog log;

    ZookeeperEngine(ZookeeperSettings settings) {
        this.log = new ZookeeperMetadataLog(settings);
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    /// Connects. The id of the cluster that is there; or `newId`, of one that begins now. Blocks; called before all
    /// else.
    String join(Supplier<String> newId) {
        try {
            return log.join(newId);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    @Override
    public void start(MetadataListener listener, Endpoint own, IntConsumer watch) {
        log.announce(own, watch);
        log.start(listener);
    }

    @Override
    public @Nullable NodeAddress address(int nodeId) {
        return log.endpointOfLeader(nodeId)
                .map(endpoint -> new NodeAddress(endpoint.host(), endpoint.port()))
                .orElse(null);
    }

    @Override
    public EnvelopeHandler.QuorumMessages messages() {
        return message -> CompletableFuture.failedFuture(
                new IOException("this node keeps its metadata in ZooKeeper, and no voter has anything to say to it"));
    }

    @Override
    public void whenGone(int nodeId) {
        log.memberGone(nodeId);
    }

    @Override
    public void close() {
        log.close();
    }
}
