package io.girok.membership;

import io.girok.base.Shard;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Finds out whether the process of a node is gone: wherever it may be, nobody listens. Owned by its shard.
///
/// A node that does not answer may be slow, or cut off; only a refused connection is a proof. A node that has moved is
/// known to be at one place by some and at another one by others: so every place must refuse. A process that is dying
/// closes its connections one by one, and perhaps its listener last: so a connection that ends without an answer is
/// tried again. One that has answered stays open: when it closes, the node is asked again, so that its end is noticed
/// also while the node itself has not turned to this one yet.
final class Probe {
    private static final short VERSION = 0;
    private static final int ATTEMPTS = 10;
    private static final long REST_MS = 20;

    private final Peers peers;
    private final NodeAddresses addresses;
    private final Shard shard;
    private final long limitMs;
    private final Set<Integer> watched = new HashSet<>();

    Probe(Peers peers, NodeAddresses addresses, Shard shard, long limitMs) {
        this.peers = peers;
        this.addresses = addresses;
        this.shard = shard;
        this.limitMs = limitMs;
    }

    /// Runs `whenGone` once the node's process is gone. A node that is watched already is not asked again.
    void ask(int nodeId, Runnable whenGone) {
        if (watched.add(nodeId)) {
            ask(nodeId, whenGone, ATTEMPTS, Set.of());
        }
    }

    /// @param refused places where nobody listens
    private void ask(int nodeId, Runnable whenGone, int attemptsLeft, Set<NodeAddress> refused) {
        List<NodeAddress> places = addresses.all(nodeId);
        if (places.isEmpty() || attemptsLeft == 0) {
            watched.remove(nodeId);
            return;
        }
        NodeAddress address = places.stream().filter(place -> !refused.contains(place)).findFirst().orElse(null);
        if (address == null) {
            watched.remove(nodeId);
            whenGone.run();
            return;
        }
        PeerConnection connection = peers.open(address, shard);
        connection.send(ApiKeys.API_VERSIONS, VERSION, new ApiVersionsRequestData(), limitMs,
                new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        connection.onClose(cause -> ask(nodeId, whenGone, ATTEMPTS, Set.of()));
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        if (cause instanceof ConnectionRefused) {
                            Set<NodeAddress> more = new HashSet<>(refused);
                            more.add(address);
                            ask(nodeId, whenGone, attemptsLeft, more);
                        } else {
                            var _ = shard.schedule(REST_MS, () -> ask(nodeId, whenGone, attemptsLeft - 1, refused));
                        }
                    }
                });
    }
}
