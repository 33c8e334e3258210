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
    private record Visitor(Request request, Responder responder) {
        long connectionId() {
            return request.connection().id();
        }
    }

    /// A connection of which somebody is at the gate, or on the way there or from it to the shards where requests are
    /// done. Guarded by the map.
    private static final class Way {
        private int visitorCount;
        /// Where the connection's requests come from.
        private Shard origin;
        /// Who came after them once the gate was open, no more than the connection may have in flight: they go in when
        /// all of those have passed. A client that sends the next request before the last one is through would go
        /// through the gate for ever otherwise.
        private final Queue<Visitor> behindThem = new ArrayDeque<>();

        Way(Shard origin) {
            this.origin = origin;
        }

        Way with(int more) {
            visitorCount += more;
            return this;
        }
    }

    private final RequestHandler behind;
    private final List<Shard> shards;
    private final Shard shard;
    /// Owned by the shard.
    private final Queue<Visitor> waiting = new ArrayDeque<>();
    /// By the connection's id. On other connections, whoever comes goes straight in.
    private final Map<Long, Way> ways = new ConcurrentHashMap<>();
    private volatile boolean isOpen;

    /// @param shards where requests are done, and where they come from; the gate is at the first of them
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
        if (OF_NODES.contains(request.api())) {
            behind.handle(request, responder);
        } else if (isOpen) {
            comeAfterOthers(request, responder);
        } else {
            comeToGate(new Visitor(request, responder));
        }
    }

    private void comeToGate(Visitor visitor) {
        ways.compute(visitor.connectionId(), (_, way) -> (way == null ? new Way(shard) : way).with(1));
        shard.execute(() -> {
            if (isOpen) {
                letIn(visitor);
            } else {
                waiting.add(visitor);
            }
        });
    }

    /// On the shard of the connection.
    private void comeAfterOthers(Request request, Responder responder) {
        Way way = ways.isEmpty()
                ? null
                : ways.computeIfPresent(request.connection().id(), (_, present) -> {
                    present.behindThem.add(new Visitor(request, responder));
                    present.origin = origin();
                    return present;
                });
        if (way == null) {
            behind.handle(request, responder);
        }
    }

    private Shard origin() {
        return shards.stream().filter(Shard::isCurrent).findFirst().orElse(shard);
    }

    private void letIn(Visitor visitor) {
        try {
            behind.handle(visitor.request, visitor.responder);
        } finally {
            passThrough(0, visitor);
        }
    }

    /// A visitor's parts wait behind what their shards have to do, while whoever goes straight in is perhaps on such a
    /// shard already, and done at once. So a visitor counts until every shard has come past what it was given.
    private void passThrough(int index, Visitor visitor) {
        if (index < shards.size()) {
            shards.get(index).execute(() -> passThrough(index + 1, visitor));
            return;
        }
        ways.computeIfPresent(visitor.connectionId(), (id, way) -> {
            if (way.with(-1).visitorCount == 0 && !way.behindThem.isEmpty()) {
                // Where its next requests come, so that none of them is in between.
                way.origin.execute(() -> letInAll(id));
                return way;
            }
            return way.visitorCount == 0 ? null : way;
        });
    }

    private void letInAll(long connectionId) {
        Way way = ways.remove(connectionId);
        if (way != null) {
            way.behindThem.forEach(visitor -> behind.handle(visitor.request, visitor.responder));
        }
    }
}
