package io.girok.quorum.ratis;

import io.girok.metadata.MetadataListener;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Takes what other nodes tell this one of the log while it does not vote; the listener hears of it in one line with
/// what Raft brings. Thread-safe; blocks until the listener has heard.
final class FollowedRecords implements MetadataListener {
    private final Delivery delivery;

    FollowedRecords(Delivery delivery) {
        this.delivery = delivery;
    }

    @Override
    public void onCommit(long epoch, long firstOffset, List<byte[]> records) {
        delivery.<@Nullable Void>tell(listener -> {
            delivery.records(epoch, firstOffset, records);
            return null;
        }).join();
    }

    @Override
    public void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException {
        try {
            delivery.<@Nullable Void>tell(listener -> {
                delivery.snapshot(lastOffset, epoch, in);
                return null;
            }).join();
        } catch (CompletionException e) {
            throw new IOException("cannot take in the metadata up to offset " + lastOffset, e.getCause());
        }
    }

    @Override
    public SnapshotWriter captureSnapshot() {
        return delivery.tell(MetadataListener::captureSnapshot).join();
    }

    @Override
    public void onLeader(long epoch) {
        // Who follows does not lead.
    }

    @Override
    public void onNotLeader(long epoch) {
        // Who follows does not lead.
    }

    @Override
    public void onFatal(Throwable cause) {
        delivery.fail(cause);
    }
}
