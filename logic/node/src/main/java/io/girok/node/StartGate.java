package io.girok.node;

import io.girok.base.Shard;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;

/// Lets nodes in from the beginning, since they have a leader to elect, and clients once the broker serves: so long
/// their requests wait. Requests of one connection stay in their order. Thread-safe.
final class StartGate implements RequestHandler {
    private static final Set<ApiKeys> OF_NODES = EnumSet.of(ApiKeys.ENVELOPE, ApiKeys.BROKER_REGISTRATION,
            ApiKeys.BROKER_HEARTBEAT, ApiKeys.ALTER_PARTITION, ApiKeys.ALLOCATE_PRODUCER_IDS, ApiKeys.API_VERSIONS);

    /// Someone at the gate.
    private record Visitor(Request request, Responder responder) {}

    private final RequestHandler behind;
    private final List<Shard> shards;
    private final Shard shard;
    /// Owned by the shard.
    private final Queue<Visitor> waiting = new ArrayDeque<>();
    /// Of connections, by id: how many are at the gate, or on the way there or from it to the shards where they are
    /// done. Who comes after them on the same connection must not go straight in; on other connections, whoever comes
    /// does, or the ways of many would overlap and never end.
    private final Map<Long, Integer> visitors = new ConcurrentHashMap<>();
    private volatile boolean isOpen;

    /// @param shards where requests are done; the gate is at the first of them
    StartGate(RequestHandler behind, List<Shard> shards) {
        this.behind = behind;
        this.shards = List.copyOf(shards);
        this.shard = shards.getFirst();
    }

    void open() {
        shard.execute(() -> {
            isOpen = true;
            while (!waiting.isEmpty()) {
                letIn(waiting.remove());
            }
        });
    }

    @Override
    public void handle(Request request, Responder responder) {
        if ((isOpen && !isVisitorBefore(request)) || OF_NODES.contains(request.api())) {
            behind.handle(request, responder);
            return;
        }
        visitors.merge(request.connection().id(), 1, Integer::sum);
        shard.execute(() -> {
            Visitor visitor = new Visitor(request, responder);
            if (isOpen) {
                letIn(visitor);
            } else {
                waiting.add(visitor);
            }
        });
    }

    private boolean isVisitorBefore(Request request) {
        return !visitors.isEmpty() && visitors.containsKey(request.connection().id());
    }

    private void letIn(Visitor visitor) {
        try {
            behind.handle(visitor.request, visitor.responder);
        } finally {
            passThrough(0, visitor.request.connection().id());
        }
    }

    /// A visitor's parts wait behind what their shards have to do, while whoever goes straight in is perhaps on such a
    /// shard already, and done at once. So a visitor counts until every shard has come past what it was given.
    private void passThrough(int index, long connectionId) {
        if (index == shards.size()) {
            visitors.computeIfPresent(connectionId, (_, count) -> count == 1 ? null : count - 1);
        } else {
            shards.get(index).execute(() -> passThrough(index + 1, connectionId));
        }
    }
}
