package io.girok.broker;

import io.girok.base.Shard;
import java.util.function.BooleanSupplier;

/// Waits until there is room on a disk, however often that is asked of it: one look every two seconds. Owned by the
/// shard.
final class RoomWait {
    private static final long LOOK_INTERVAL_MS = 2_000;

    private final Shard shard;
    private boolean isWaiting;

    RoomWait(Shard shard) {
        this.shard = shard;
    }

    /// Runs `then` on the shard once there is nothing to wait for any more; nothing, while somebody waits already.
    void until(BooleanSupplier isOver, Runnable then) {
        if (!isWaiting) {
            isWaiting = true;
            var _ = shard.schedule(LOOK_INTERVAL_MS, () -> {
                isWaiting = false;
                if (isOver.getAsBoolean()) {
                    then.run();
                } else {
                    until(isOver, then);
                }
            });
        }
    }
}
