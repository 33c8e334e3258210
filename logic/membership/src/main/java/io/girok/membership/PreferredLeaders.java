package io.girok.membership;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.controller.ActiveController;
import io.girok.controller.BalanceLeaders;
import io.girok.controller.BalanceLeaders.Balanced;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has partitions led by their preferred leaders again, from time to time, while this node is the active controller.
/// Owned by its shard.
public final class PreferredLeaders implements MetadataStore.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(PreferredLeaders.class);

    private final ActiveController controller;
    private final Shard shard;
    private final long intervalMs;
    private final int maxImbalancePercentage;
    private boolean isLeading;
    private Timers.Scheduled nextCheck = () -> {};

    /// To be subscribed to the metadata before the metadata log starts.
    ///
    /// @param intervalMs `leader.imbalance.check.interval.seconds`
    /// @param maxImbalancePercentage `leader.imbalance.per.broker.percentage`
    public PreferredLeaders(ActiveController controller, Shard shard, long intervalMs, int maxImbalancePercentage) {
        this.controller = controller;
        this.shard = shard;
        this.intervalMs = intervalMs;
        this.maxImbalancePercentage = maxImbalancePercentage;
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        // The controller looks at the image of the time.
    }

    @Override
    public void onLeader(long epoch) {
        shard.execute(() -> {
            isLeading = true;
            nextCheck.cancel();
            nextCheck = shard.schedule(intervalMs, this::check);
        });
    }

    @Override
    public void onNotLeader(long epoch) {
        shard.execute(() -> {
            isLeading = false;
            nextCheck.cancel();
        });
    }

    private void check() {
        if (!isLeading) {
            return;
        }
        nextCheck = shard.schedule(intervalMs, this::check);
        var _ = controller.submit(new BalanceLeaders(maxImbalancePercentage)).handle((result, failure) -> {
            if (failure == null && 0 < result.get().movedCount()) {
                shard.execute(() -> goOn(result.get()));
            }
            return true;
        });
    }

    private void goOn(Balanced balanced) {
        LOG.info("{} partitions are led by their preferred leaders again (auto.leader.rebalance.enable)",
                balanced.movedCount());
        if (!balanced.isDone()) {
            nextCheck.cancel();
            check();
        }
    }
}
