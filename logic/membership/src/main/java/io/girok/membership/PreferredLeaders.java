package io.girok.membership;

import io.girok.base.Shard;
import io.girok.controller.ActiveController;
import io.girok.controller.BalanceLeaders;
import io.girok.controller.BalanceLeaders.Balanced;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has partitions led by their preferred leaders again, from time to time, while this node is the active controller.
/// Owned by its shard.
public final class PreferredLeaders extends LeaderRounds {
    private static final Logger LOG = LoggerFactory.getLogger(PreferredLeaders.class);

    private final ActiveController controller;
    private final int maxImbalancePercentage;

    /// To be subscribed to the metadata before the metadata log starts.
    ///
    /// @param intervalMs `leader.imbalance.check.interval.seconds`
    /// @param maxImbalancePercentage `leader.imbalance.per.broker.percentage`
    public PreferredLeaders(ActiveController controller, Shard shard, long intervalMs, int maxImbalancePercentage) {
        super(shard, intervalMs);
        this.controller = controller;
        this.maxImbalancePercentage = maxImbalancePercentage;
    }

    @Override
    void round() {
        var _ = controller.submit(new BalanceLeaders(maxImbalancePercentage)).handle((result, failure) -> {
            if (failure == null && 0 < result.get().movedCount()) {
                told(result.get());
            }
            return true;
        });
    }

    private void told(Balanced balanced) {
        LOG.info("{} partitions are led by their preferred leaders again (auto.leader.rebalance.enable)",
                balanced.movedCount());
        if (!balanced.isDone()) {
            again();
        }
    }
}
