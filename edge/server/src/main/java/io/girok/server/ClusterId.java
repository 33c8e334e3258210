package io.girok.server;

import io.girok.base.Disk;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.files.MetaProperties;
import io.girok.membership.QuorumTransport;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.network.PeerNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out, at a start, to which cluster this node belongs. Owned by the starting thread.
final class ClusterId {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterId.class);
    private static final long ANSWER_LIMIT_MS = 2_000;
    private static final long REST_MS = 100;
    private static final int ATTEMPTS_PER_COMPLAINT = 100;

    private final ServerSettings settings;
    private final Disk disk;
    private final Optional<ZookeeperEngine> zookeeper;

    ClusterId(ServerSettings settings, Disk disk, Optional<ZookeeperEngine> zookeeper) {
        this.settings = settings;
        this.disk = disk;
        this.zookeeper = zookeeper;
    }

    /// The one that the first directory remembers, or that is set. Otherwise, or to make sure that there is no other,
    /// a node that does not vote asks the voters, for as long as it takes. Several voters derive one that is the same
    /// on each of them; one that is alone makes one up. With ZooKeeper it is there, or the first node writes it there.
    CompletableFuture<String> find(PeerNetwork peers, Shard shard, RandomGenerator random) throws IOException {
        Optional<String> known = remembered().or(() -> settings.settings().find(BrokerSettings.CLUSTER_ID));
        if (zookeeper.isPresent()) {
            return CompletableFuture.completedFuture(inZookeeper(zookeeper.get(), known, random));
        }
        if (!settings.isVoter()) {
            return ofVoters(peers, shard).thenApply(
                    theirs -> agreed(known, theirs, "the voters " + settings.voters().byId(),
                            "controller.quorum.voters"));
        }
        return CompletableFuture.completedFuture(known.orElseGet(() -> settings.voters().areSeveral()
                ? settings.voters().derivedClusterId()
                : TopicId.random(random).toString()));
    }

    private Optional<String> remembered() throws IOException {
        Path first = settings.logDirectories().getFirst();
        return disk.isDirectory(first)
                ? MetaProperties.read(disk, first).map(MetaProperties::clusterId)
                : Optional.empty();
    }

    /// A disk that belongs to a cluster and an ensemble that knows of none do not belong together.
    private String inZookeeper(ZookeeperEngine ensemble, Optional<String> known, RandomGenerator random)
            throws IOException {
        Optional<String> remembered = remembered();
        String servers = "the znodes of " + settings.settings().get(BrokerSettings.ZOOKEEPER_CONNECT);
        return agreed(known, ensemble.join(() -> {
            if (remembered.isPresent()) {
                return agreed(remembered, "", servers, "zookeeper.connect");
            }
            return known.orElseGet(() -> TopicId.random(random).toString());
        }), servers, "zookeeper.connect");
    }

    private String agreed(Optional<String> known, String theirs, String who, String setting) {
        if (known.isPresent() && !known.get().equals(theirs)) {
            throw new IllegalStateException(who + " belong to "
                    + (theirs.isEmpty() ? "no cluster" : "the cluster '" + theirs + "'")
                    + ", this node to '" + known.get() + "' (meta.properties in '"
                    + settings.logDirectories().getFirst() + "', or cluster.id): set log.dirs and "
                    + setting + " to what belongs together");
        }
        return theirs;
    }

    private CompletableFuture<String> ofVoters(PeerNetwork peers, Shard shard) {
        QuorumTransport transport = QuorumTransport.ofFollower(settings.nodeId(), peers,
                settings.voters()::address, shard, ANSWER_LIMIT_MS);
        CompletableFuture<String> found = new CompletableFuture<>();
        shard.execute(() -> ask(transport, shard, 0, found));
        return found.whenComplete((clusterId, failure) -> transport.close());
    }

    private void ask(QuorumTransport transport, Shard shard, int attempt, CompletableFuture<String> found) {
        List<Integer> voters = settings.voters().ids();
        int voter = voters.get(attempt % voters.size());
        var _ = FollowedMetadataLog.clusterOf(voter, transport::send).handle((clusterId, failure) -> {
            if (failure == null) {
                found.complete(clusterId);
                return true;
            }
            if (attempt % ATTEMPTS_PER_COMPLAINT == ATTEMPTS_PER_COMPLAINT - 1) {
                LOG.warn("no voter says to which cluster it belongs; node {}: {}", voter, failure.getMessage());
            }
            var _ = shard.schedule(REST_MS, () -> ask(transport, shard, attempt + 1, found));
            return true;
        });
    }
}
