package io.girok.membership;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.metadata.MetadataLog;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a node asks the active controller, which may be itself. Thread-safe; its connections belong to its shard.
public final class ControllerChannel {
    private static final String CLIENT_ID = "girok";
    /// A controller that another one has replaced may still answer what it was asked before, but for this long only.
    private static final long SUCCESSION_MS = 100;
    /// A controller that has just been elected is not ready at once, and denies so long that it is one.
    private static final long DENIAL_MS = 1_000;

    /// Where the active controller is, and how to get there.
    ///
    /// @param nodeId this node
    public record Route(int nodeId, Supplier<MetadataLog.Leadership> leadership, Peers peers,
            NodeAddresses addresses) {}

    private final Route route;
    private final NodeConnections connections;
    private final Shard shard;
    private volatile @Nullable RequestHandler local;
    private @Nullable Asked asked;
    private @Nullable Denial denial;

    /// A connection on which answers are waited for.
    private static final class Asked {
        private final PeerConnection connection;
        private int waitingCount;
        private boolean isLeft;

        Asked(PeerConnection connection) {
            this.connection = connection;
        }
    }

    /// Whoever answers says that it is not the controller, although nobody else is known to be.
    private static final class Denial {
        private final MetadataLog.Leadership leadership;
        private final PeerConnection connection;
        private boolean isOld;

        Denial(MetadataLog.Leadership leadership, PeerConnection connection) {
            this.leadership = leadership;
            this.connection = connection;
        }

        boolean isOf(MetadataLog.Leadership present, PeerConnection by) {
            return leadership.equals(present) && connection.equals(by);
        }
    }

    public ControllerChannel(Route route, Shard shard) {
        this.route = route;
        this.shard = shard;
        this.connections = new NodeConnections(route.peers(), route.addresses(), shard);
    }

    /// Of this node.
    int nodeId() {
        return route.nodeId();
    }

    /// Where other nodes reach that one; null when it is not known.
    @Nullable
    NodeAddress addressOf(int otherId) {
        return route.addresses().of(otherId);
    }

    Shard shard() {
        return shard;
    }

    /// What answers while this node is the active controller.
    public void serveLocally(RequestHandler handler) {
        local = handler;
    }

    /// Whether this node is the active controller, as far as it knows.
    public boolean isHere() {
        return route.leadership().get().isLeader();
    }

    /// In which the present active controller leads, as far as this node knows.
    long epoch() {
        return route.leadership().get().epoch();
    }

    /// Asks once. Fails with an [IOException] when the controller is not known, can't be reached, does not answer in
    /// time, or has a successor by now; whether the request was handled is not known then. Completed on the shard, or
    /// where the local answer is given.
    public CompletableFuture<ApiMessage> ask(ApiKeys api, short version, ApiMessage body, long limitMs) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        shard.run(() -> send(api, version, body, limitMs, answer));
        return answer;
    }

    private void send(ApiKeys api, short version, ApiMessage body, long limitMs, CompletableFuture<ApiMessage> answer) {
        MetadataLog.Leadership leadership = route.leadership().get();
        RequestHandler handler = local;
        if (leadership.isLeader() && handler != null) {
            handler.handle(new Request(api, version, 0, CLIENT_ID, body, LocalConnection.INSTANCE),
                    new LocalResponder(answer));
            return;
        }
        int leaderId = leadership.leaderId();
        PeerConnection connection = leaderId < 0 || leaderId == route.nodeId() ? null : connections.to(leaderId);
        if (connection == null) {
            answer.completeExceptionally(new IOException("no active controller is known"));
            return;
        }
        Asked present = asked(connection);
        present.waitingCount++;
        connection.send(api, version, body, limitMs, new PeerConnection.Answer() {
            @Override
            public void onAnswer(ApiMessage received) {
                if (isDenied(received) && route.leadership().get().equals(leadership)) {
                    denied(leadership, present);
                } else {
                    denial = null;
                    connections.heard(leaderId, connection);
                }
                ended(present);
                answer.complete(kept(received));
            }

            @Override
            public void onFailure(IOException cause) {
                ended(present);
                answer.completeExceptionally(cause);
            }
        });
        giveUpWithSuccessor(leaderId, false, answer);
    }

    private Asked asked(PeerConnection connection) {
        Asked known = asked;
        if (known == null || !known.connection.equals(connection)) {
            known = new Asked(connection);
            asked = known;
        }
        return known;
    }

    /// Nothing there says whom it is meant for: where that goes on, another node may be there by now, and never lead.
    /// What others have asked on the connection may have been done, and is not to be asked a second time.
    private void denied(MetadataLog.Leadership leadership, Asked by) {
        Denial known = denial;
        if (known == null || !known.isOf(leadership, by.connection)) {
            Denial begun = new Denial(leadership, by.connection);
            denial = begun;
            var _ = shard.schedule(DENIAL_MS, () -> begun.isOld = true);
        } else if (known.isOld) {
            denial = null;
            by.isLeft |= connections.doubted(leadership.leaderId(), by.connection);
        }
    }

    private void ended(Asked by) {
        by.waitingCount--;
        if (by.isLeft && by.waitingCount == 0) {
            // Not at once: who is told so may ask again.
            shard.execute(by.connection::close);
        }
    }

    /// Who is cut off does not say that it is deposed: nobody waits for its answer once there is somebody else to ask.
    private void giveUpWithSuccessor(int askedId, boolean isOld, CompletableFuture<ApiMessage> answer) {
        Timers.Scheduled next = shard.schedule(SUCCESSION_MS, () -> {
            int leaderId = route.leadership().get().leaderId();
            boolean isOther = 0 <= leaderId && leaderId != askedId;
            if (isOther && isOld) {
                answer.completeExceptionally(new IOException("node " + leaderId + " is the active controller now"));
            } else if (!answer.isDone()) {
                giveUpWithSuccessor(askedId, isOther, answer);
            }
        });
        var _ = answer.whenComplete((received, failure) -> next.cancel());
    }

    /// Whether whoever has answered says that it is not the active controller.
    private static boolean isDenied(ApiMessage received) {
        short code = switch (received) {
            case EnvelopeResponseData envelope -> envelope.errorCode();
            case BrokerHeartbeatResponseData heartbeat -> heartbeat.errorCode();
            case BrokerRegistrationResponseData registration -> registration.errorCode();
            case AlterPartitionResponseData alteration -> alteration.errorCode();
            case AllocateProducerIdsResponseData block -> block.errorCode();
            case AssignReplicasToDirsResponseData assignment -> assignment.errorCode();
            default -> Errors.NONE.code();
        };
        return code == Errors.NOT_CONTROLLER.code();
    }

    private static ApiMessage kept(ApiMessage received) {
        if (received instanceof EnvelopeResponseData envelope && envelope.responseData() != null) {
            ByteBuffer data = envelope.responseData();
            envelope.setResponseData(ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip());
        }
        return received;
    }

    /// Ends the connections; requests that wait fail.
    public void close() {
        shard.run(connections::close);
    }

    /// Takes an answer of this very node.
    private record LocalResponder(CompletableFuture<ApiMessage> answer) implements Responder {
        @Override
        public void respond(ApiMessage body) {
            answer.complete(body);
        }

        @Override
        public void respondNothing() {
            answer.completeExceptionally(new IOException("the request has no answer"));
        }

        @Override
        public void closeConnection(String reason) {
            answer.completeExceptionally(new IOException(reason));
        }
    }
}
