package io.girok.membership;

import io.girok.base.Shard;
import io.girok.metadata.MetadataLog;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// What a node asks the active controller, which may be itself. Thread-safe; its connections belong to its shard.
public final class ControllerChannel {
    private static final String CLIENT_ID = "girok";

    /// Where the active controller is, and how to get there.
    ///
    /// @param nodeId this node
    public record Route(int nodeId, Supplier<MetadataLog.Leadership> leadership, Peers peers,
            NodeAddresses addresses) {}

    private final Route route;
    private final NodeConnections connections;
    private final Shard shard;
    private volatile @Nullable RequestHandler local;

    public ControllerChannel(Route route, Shard shard) {
        this.route = route;
        this.shard = shard;
        this.connections = new NodeConnections(route.peers(), route.addresses(), shard);
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

    /// Asks once. Fails with an [IOException] when the controller is not known, can't be reached or does not answer in
    /// time; whether the request was handled is not known then. Completed on the shard, or where the local answer is
    /// given.
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
        connection.send(api, version, body, limitMs, new PeerConnection.Answer() {
            @Override
            public void onAnswer(ApiMessage received) {
                answer.complete(kept(received));
            }

            @Override
            public void onFailure(IOException cause) {
                answer.completeExceptionally(cause);
            }
        });
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
