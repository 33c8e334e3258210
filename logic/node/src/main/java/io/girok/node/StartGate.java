package io.girok.node;

import io.girok.base.Shard;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;

/// Lets nodes in from the beginning, since they have a leader to elect, and clients once the broker serves: so long
/// their requests wait. Thread-safe.
final class StartGate implements RequestHandler {
    private static final Set<ApiKeys> OF_NODES = EnumSet.of(ApiKeys.ENVELOPE, ApiKeys.BROKER_REGISTRATION,
            ApiKeys.BROKER_HEARTBEAT, ApiKeys.ALTER_PARTITION, ApiKeys.ALLOCATE_PRODUCER_IDS, ApiKeys.API_VERSIONS);

    private final RequestHandler behind;
    private final Shard shard;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    StartGate(RequestHandler behind, Shard shard) {
        this.behind = behind;
        this.shard = shard;
    }

    void open() {
        opened.complete(null);
    }

    @Override
    public void handle(Request request, Responder responder) {
        if (opened.isDone() || OF_NODES.contains(request.api())) {
            behind.handle(request, responder);
        } else {
            var _ = opened.thenRunAsync(() -> behind.handle(request, responder), shard);
        }
    }
}
