package io.girok.membership;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;

/// What is done from time to time while this node is the active controller. Owned by its shard.
abstract sealed class LeaderRounds implements MetadataStore.Subscriber permits PreferredLeaders, ExpiredTokens {
    private final Shard shard;
    private final long intervalMs;
    private boolean isLeading;
    private Timers.Scheduled nextRound = () -> {};

    /// To be subscribed to the metadata before the metadata log starts.
    LeaderRounds(Shard shard, long intervalMs) {
        this.shard = shard;
        this.intervalMs = intervalMs;
    }

    /// Does it once, on the shard.
    abstract void round();

    /// One more round, now, and the next after the interval; from any thread.
    final void again() {
        shard.execute(this::begin);
    }

    @Override
    public final void onImage(MetadataImage image, MetadataDelta delta) {
        // The controller looks at the image of the time.
    }

    @Override
    public final void onLeader(long epoch) {
        shard.execute(() -> {
            isLeading = true;
            nextRound.cancel();
            nextRound = shard.schedule(intervalMs, this::begin);
        });
    }

    @Override
    public final void onNotLeader(long epoch) {
        shard.execute(() -> {
            isLeading = false;
            nextRound.cancel();
        });
    }

    private void begin() {
        if (isLeading) {
            nextRound.cancel();
            nextRound = shard.schedule(intervalMs, this::begin);
            round();
        }
    }
}
