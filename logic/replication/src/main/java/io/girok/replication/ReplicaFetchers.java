package io.girok.replication;

import io.girok.base.Shard;
import io.girok.wire.PeerConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Fetches for every follower of a broker: one [ReplicaFetcher] for each shard and leader. What belongs to a shard is
/// touched there only.
public final class ReplicaFetchers {
    /// Other brokers.
    public interface Leaders {
        /// Begins to connect; null when the broker's address is not known.
        @Nullable
        PeerConnection connect(int brokerId, Shard owner);
    }

    /// @param brokerId this broker
    /// @param brokerEpoch of its registration, -1 before there is one
    /// @param maxWaitMs `replica.fetch.wait.max.ms`
    /// @param maxBytes `replica.fetch.response.max.bytes`
    /// @param partitionMaxBytes `replica.fetch.max.bytes`
    /// @param socketLimitMs `replica.socket.timeout.ms`
    /// @param throttle what followers that are throttled take together while they catch up
    public record Settings(int brokerId, LongSupplier brokerEpoch, int maxWaitMs, int maxBytes, int partitionMaxBytes,
            long socketLimitMs, ByteRate throttle) {}

    private final Settings settings;
    private final Leaders leaders;
    private final Map<Shard, Map<Integer, ReplicaFetcher>> fetchers = new HashMap<>();

    public ReplicaFetchers(List<Shard> shards, Settings settings, Leaders leaders) {
        this.settings = settings;
        this.leaders = leaders;
        shards.forEach(shard -> fetchers.put(shard, new HashMap<>()));
    }

    /// Follows the leader of an epoch from now on, and nobody else. On the partition's shard.
    public void follow(PartitionFollower follower, Shard shard, int leaderId, int leaderEpoch) {
        stop(follower);
        ReplicaFetcher fetcher = Objects.requireNonNull(fetchers.get(shard))
                .computeIfAbsent(leaderId, id -> new ReplicaFetcher(id, shard, settings, leaders));
        follower.follow(fetcher, leaderEpoch);
        fetcher.add(follower);
    }

    /// Follows nobody any more. On the partition's shard.
    public void stop(PartitionFollower follower) {
        ReplicaFetcher fetcher = follower.fetcher();
        if (fetcher != null) {
            fetcher.remove(follower);
            follower.stop();
        }
    }
}
