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
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Finds out whether the process of a node is gone: where it must be, nobody listens. Owned by its shard.
///
/// A node that does not answer may be slow, or cut off; only a refused connection is a proof. Where it is not known for
/// sure where a node is, every place must refuse, one after the other: it may have moved. A process that is dying
/// closes its connections one by one, and perhaps its listener last: so after a connection that ends without an answer
/// all is asked again, also those that have refused, since a node may have started there meanwhile. One that has
/// answered stays open: when it closes, the node is asked again, so that its end is noticed also while the node itself
/// has not turned to this one yet.
final class Probe {
    private static final short VERSION = 0;
    private static final int ATTEMPTS = 10;
    private static final long REST_MS = 20;

    private final Peers peers;
    private final Shard shard;
    private final long limitMs;
    private final Set<Integer> watched = new HashSet<>();

    /// Of what is to be found out at a moment.
    ///
    /// @param places all of them must refuse
    /// @param whenGone what follows from it for the process that may have been there at that moment
    record Suspicion(List<NodeAddress> places, Runnable whenGone) {}

    Probe(Peers peers, Shard shard, long limitMs) {
        this.peers = peers;
        this.shard = shard;
        this.limitMs = limitMs;
    }

    /// Does what follows once the node's process is gone. A node that is watched already is not asked again.
    ///
    /// @param suspicion asked again with every attempt
    void ask(int nodeId, Supplier<Suspicion> suspicion) {
        if (watched.add(nodeId)) {
            ask(nodeId, suspicion, ATTEMPTS);
        }
    }

    private void ask(int nodeId, Supplier<Suspicion> suspicion, int attemptsLeft) {
        Suspicion present = suspicion.get();
        if (present.places().isEmpty() || attemptsLeft == 0) {
            watched.remove(nodeId);
            return;
        }
        ask(nodeId, suspicion, attemptsLeft, present, 0);
    }

    /// @param refusedCount at so many of the places nobody listens
    private void ask(int nodeId, Supplier<Suspicion> suspicion, int attemptsLeft, Suspicion present,
            int refusedCount) {
        if (refusedCount == present.places().size()) {
            watched.remove(nodeId);
            present.whenGone().run();
            return;
        }
        PeerConnection connection = peers.open(present.places().get(refusedCount), shard);
        connection.send(ApiKeys.API_VERSIONS, VERSION, new ApiVersionsRequestData(), limitMs,
                new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        connection.onClose(cause -> ask(nodeId, suspicion, ATTEMPTS));
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        if (cause instanceof ConnectionRefused) {
                            ask(nodeId, suspicion, attemptsLeft, present, refusedCount + 1);
                        } else {
                            var _ = shard.schedule(REST_MS, () -> ask(nodeId, suspicion, attemptsLeft - 1));
                        }
                    }
                });
    }
}
