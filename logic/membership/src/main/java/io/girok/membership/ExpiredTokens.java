package io.girok.membership;

import io.girok.base.Shard;
import io.girok.controller.ActiveController;
import io.girok.controller.RemoveExpiredTokens;
import io.girok.metadata.MetadataStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has delegation tokens that are over removed, from time to time, while this node is the active controller: nobody is
/// let in by them meanwhile, they only take room. Owned by its shard.
public final class ExpiredTokens extends LeaderRounds {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredTokens.class);

    private final ActiveController controller;
    private final MetadataStore store;

    /// To be subscribed to the metadata before the metadata log starts.
    ///
    /// @param intervalMs `delegation.token.expiry.check.interval.ms`
    public ExpiredTokens(ActiveController controller, MetadataStore store, Shard shard, long intervalMs) {
        super(shard, intervalMs);
        this.controller = controller;
        this.store = store;
    }

    @Override
    void round() {
        if (store.image().tokens().isEmpty()) {
            return;
        }
        var _ = controller.submit(new RemoveExpiredTokens()).handle((count, failure) -> {
            if (failure == null && 0 < count) {
                LOG.info("{} delegation tokens that were over have been removed", count);
                if (count == RemoveExpiredTokens.MAX_AT_ONCE) {
                    again();
                }
            }
            return true;
        });
    }
}
