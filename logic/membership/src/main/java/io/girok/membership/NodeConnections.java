package io.girok.membership;

import io.girok.base.Shard;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection to each node that is asked something, opened when it is needed. Owned by one shard.
///
/// Answers on a connection come in order, so what may take long and what must not wait have connections of their own.
///
/// Where a node that has moved is, is known at some places before others. So they are tried in turn: a place where
/// nobody answered is left for the next one, one that was of use is gone back to.
final class NodeConnections {
    private final Peers peers;
    private final NodeAddresses addresses;
    private final Shard shard;
    private final Map<Integer, Link> open = new HashMap<>();
    /// On which answers may be waited for still.
    private final List<PeerConnection> doubted = new ArrayList<>();

    /// The connection to a node that was opened last.
    private static final class Link {
        private final NodeAddress address;
        private final PeerConnection connection;
        private boolean isOfUse;
        private boolean isLeft;

        Link(NodeAddress address, PeerConnection connection) {
            this.address = address;
            this.connection = connection;
        }
    }

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
        Link known = open.get(nodeId);
        List<NodeAddress> places = addresses.all(nodeId);
        if (known != null && !places.contains(known.address)) {
            leave(known);
        }
        if (known != null && !known.isLeft && !known.connection.isClosed()) {
            return known.connection;
        }
        if (places.isEmpty()) {
            return null;
        }
        NodeAddress address = next(places, known);
        PeerConnection connection = peers.open(address, shard);
        open.put(nodeId, new Link(address, connection));
        return connection;
    }

    private static NodeAddress next(List<NodeAddress> places, @Nullable Link known) {
        if (known == null) {
            return places.getFirst();
        }
        // -1 where nobody says any more that it is there: the first one is next.
        int index = places.indexOf(known.address);
        return places.get(known.isOfUse && 0 <= index ? index : (index + 1) % places.size());
    }

    /// The node itself has answered there.
    void heard(int nodeId, PeerConnection connection) {
        Link known = link(nodeId, connection);
        if (known != null && !known.isLeft) {
            known.isOfUse = true;
        }
    }

    /// It is another node that has answered there.
    void misled(int nodeId, PeerConnection connection) {
        Link known = link(nodeId, connection);
        if (known != null) {
            leave(known);
        }
    }

    /// It may be another node that answers there, or the node itself: the next place is tried, if there is any. True
    /// when the connection is to be closed by whoever waits for answers on it, once there are none to come.
    boolean doubted(int nodeId, PeerConnection connection) {
        Link known = link(nodeId, connection);
        if (known == null || addresses.all(nodeId).size() < 2) {
            return false;
        }
        known.isOfUse = false;
        known.isLeft = true;
        doubted.removeIf(PeerConnection::isClosed);
        doubted.add(connection);
        return true;
    }

    /// Null when another connection to the node was opened since.
    private @Nullable Link link(int nodeId, PeerConnection connection) {
        Link last = open.get(nodeId);
        return last != null && last.connection.equals(connection) ? last : null;
    }

    private void leave(Link link) {
        link.isOfUse = false;
        link.isLeft = true;
        // Not at once: who is told so may ask again.
        shard.execute(link.connection::close);
    }

    void close() {
        open.values().forEach(link -> link.connection.close());
        open.clear();
        doubted.forEach(PeerConnection::close);
        doubted.clear();
    }
}
