package io.girok.membership.follow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Who waits until everything up to some offset is delivered. Owned by the shard of its [FollowedMetadataLog].
final class BarrierWaits {
    private final NavigableMap<Long, List<CompletableFuture<Long>>> byOffset = new TreeMap<>();

    /// Done once `lastOffset` is reached; `reached` is now.
    void await(long lastOffset, long reached, boolean isClosed, CompletableFuture<Long> done) {
        if (isClosed) {
            fail(done);
        } else if (lastOffset <= reached) {
            done.complete(reached);
        } else {
            byOffset.computeIfAbsent(lastOffset, offset -> new ArrayList<>()).add(done);
        }
    }

    void reached(long lastOffset) {
        NavigableMap<Long, List<CompletableFuture<Long>>> over = byOffset.headMap(lastOffset, true);
        over.values().forEach(each -> each.forEach(done -> done.complete(lastOffset)));
        over.clear();
    }

    void close() {
        byOffset.values().forEach(each -> each.forEach(BarrierWaits::fail));
        byOffset.clear();
    }

    private static void fail(CompletableFuture<Long> done) {
        done.completeExceptionally(new IOException("the metadata log is closed"));
    }
}
