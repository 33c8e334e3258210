package io.girok.broker;

import io.girok.base.Clock;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.replication.ByteRate;

/// How fast replicas may catch up, from this broker and on it (KIP-73), and move between its log directories (KIP-113).
/// Thread-safe; its limits follow the settings.
final class Throttles implements MetadataStore.Subscriber {
    private final EffectiveSettings settings;
    private final ByteRate leader;
    private final ByteRate follower;
    private final ByteRate moves;

    Throttles(Clock clock, EffectiveSettings settings) {
        this.settings = settings;
        this.leader = new ByteRate(clock);
        this.follower = new ByteRate(clock);
        this.moves = new ByteRate(clock);
    }

    /// What leaders here give to replicas that are throttled.
    ByteRate leader() {
        return leader;
    }

    /// What replicas here that are throttled take from their leaders.
    ByteRate follower() {
        return follower;
    }

    /// What replicas copy that move from one log directory to another.
    ByteRate moves() {
        return moves;
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        if (delta.changedConfigs().stream().anyMatch(target -> target.kind() == ConfigTarget.Kind.BROKER)) {
            apply(image);
        }
    }

    void apply(MetadataImage image) {
        leader.limit(settings.broker(image, BrokerSettings.LEADER_REPLICATION_THROTTLED_RATE));
        follower.limit(settings.broker(image, BrokerSettings.FOLLOWER_REPLICATION_THROTTLED_RATE));
        moves.limit(settings.broker(image, BrokerSettings.REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND));
    }
}
