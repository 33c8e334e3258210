package io.girok.quorum.zookeeper;

import io.girok.metadata.Endpoint;
import io.girok.quorum.zookeeper.ZookeeperSettings.Timing;
import io.girok.quorum.zookeeper.ZookeeperSettings.Truncation;

/// Nodes to test with. Stateless.
final class Nodes {
    static final Timing TIMING = new Timing(2_000, 20_000, 10_000);

    private Nodes() {}

    static ZookeeperSettings settings(String connect, int nodeId) {
        return new ZookeeperSettings(Servers.parse(connect), nodeId, TIMING, Security.NONE, Truncation.DEFAULT);
    }

    static ZookeeperMetadataLog open(String connect, int nodeId) {
        return open(settings(connect, nodeId));
    }

    /// Joined, not started.
    static ZookeeperMetadataLog open(ZookeeperSettings settings) {
        ZookeeperMetadataLog log = new ZookeeperMetadataLog(settings,
                () -> new Endpoint("PLAINTEXT", "node-" + settings.nodeId(), 9092));
        log.join(() -> "cluster-of-tests");
        return log;
    }
}
