package io.girok.membership;

import io.girok.base.Shard;
import io.girok.wire.Connection;
import io.girok.wire.Peers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/// Notices that another member of the metadata quorum has died: its connection closes, and at none of its
/// addresses anybody listens. [#heard] and [#watch] are thread-safe; the rest is owned by its shard.
public final class MemberWatch {
    private final Shard shard;
    private final Probe probe;
    private final NodeAddresses addresses;
    private final IntConsumer whenGone;
    private final Map<Integer, Long> connections = new HashMap<>();

    /// @param whenGone told the member's id, on the shard
    public MemberWatch(Peers peers, NodeAddresses addresses, Shard shard, long probeMs, IntConsumer whenGone) {
        this.shard = shard;
        this.probe = new Probe(peers, shard, probeMs);
        this.addresses = addresses;
        this.whenGone = whenGone;
    }

    void heard(int nodeId, Connection connection) {
        shard.run(() -> {
            Long known = connections.put(nodeId, connection.id());
            if (known == null || known != connection.id()) {
                connection.onClose(() -> shard.execute(() -> closed(nodeId, connection.id())));
            }
        });
    }

    /// Asks the member itself, and stays connected to it.
    public void watch(int nodeId) {
        shard.run(() -> ask(nodeId));
    }

    /// Where members have registered themselves as brokers does not count more than other places: all of them may have
    /// moved, and a leader is elected before anybody registers.
    private void ask(int nodeId) {
        probe.ask(nodeId, () -> new Probe.Suspicion(addresses.all(nodeId), () -> whenGone.accept(nodeId)));
    }

    private void closed(int nodeId, long connectionId) {
        if (connections.remove(nodeId, connectionId)) {
            ask(nodeId);
        }
    }
}
