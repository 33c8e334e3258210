package io.girok.membership;

import io.girok.base.Shard;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection to each node that is asked something, opened when it is needed. Owned by one shard.
///
/// Answers on a connection come in order, so what may take long and what must not wait have connections of their own.
final class NodeConnections {
    private final Peers peers;
    private final NodeAddresses addresses;
    private final Shard shard;
    private final Map<Integer, PeerConnection> open = new HashMap<>();

    NodeConnections(Peers peers, NodeAddresses addresses, Shard shard) {
        this.peers = peers;
        this.addresses = addresses;
        this.shard = shard;
    }

    Shard shard() {
        return shard;
    }

    /// Null when the node's address is not known.
    @Nullable
    PeerConnection to(int nodeId) {
        PeerConnection known = open.get(nodeId);
        if (known != null && !known.isClosed()) {
            return known;
        }
        NodeAddress address = addresses.of(nodeId);
        if (address == null) {
            return null;
        }
        PeerConnection connection = peers.open(address, shard);
        open.put(nodeId, connection);
        return connection;
    }

    void close() {
        open.values().forEach(PeerConnection::close);
        open.clear();
    }
}
