package io.girok.membership;

import io.girok.base.Shard;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Brings messages about the metadata log to other nodes, in envelopes, on connections of their own. Thread-safe; the
/// connections belong to one shard.
public final class QuorumTransport {
    private static final short VERSION = 0;

    private final short key;
    private final int nodeId;
    private final NodeConnections connections;
    private final long answerLimitMs;

    /// What members of the quorum tell each other.
    ///
    /// @param nodeId this node
    public QuorumTransport(int nodeId, Peers peers, NodeAddresses addresses, Shard shard, long answerLimitMs) {
        this(EnvelopeHandler.QUORUM_KEY, nodeId, new NodeConnections(peers, addresses, shard), answerLimitMs);
    }

    /// What a node that does not vote asks of members.
    ///
    /// @param nodeId this node
    public static QuorumTransport ofFollower(int nodeId, Peers peers, NodeAddresses addresses, Shard shard,
            long answerLimitMs) {
        return new QuorumTransport(EnvelopeHandler.FOLLOWER_KEY, nodeId, new NodeConnections(peers, addresses, shard),
                answerLimitMs);
    }

    private QuorumTransport(short key, int nodeId, NodeConnections connections, long answerLimitMs) {
        this.key = key;
        this.nodeId = nodeId;
        this.connections = connections;
        this.answerLimitMs = answerLimitMs;
    }

    /// The answer of that node, or an [IOException].
    public CompletableFuture<byte[]> send(int memberId, byte[] message) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        connections.shard().run(() -> {
            PeerConnection connection = connections.to(memberId);
            if (connection == null) {
                answer.completeExceptionally(new IOException("the address of node " + memberId + " is not known"));
                return;
            }
            ByteBuffer data = ByteBuffer.allocate(EnvelopeHandler.QUORUM_HEADER_BYTES + message.length)
                    .putShort(key)
                    .putInt(nodeId)
                    .putInt(memberId)
                    .put(message)
                    .flip();
            connection.send(ApiKeys.ENVELOPE, VERSION,
                    new EnvelopeRequestData().setRequestData(data).setClientHostAddress(new byte[0]), answerLimitMs,
                    new Answer(memberId, connection, answer));
        });
        return answer;
    }

    /// Ends the connections.
    public void close() {
        connections.shard().run(connections::close);
    }

    private final class Answer implements PeerConnection.Answer {
        private final int memberId;
        private final PeerConnection connection;
        private final CompletableFuture<byte[]> future;

        Answer(int memberId, PeerConnection connection, CompletableFuture<byte[]> future) {
            this.memberId = memberId;
            this.connection = connection;
            this.future = future;
        }

        @Override
        public void onAnswer(ApiMessage body) {
            EnvelopeResponseData envelope = (EnvelopeResponseData) body;
            ByteBuffer data = envelope.responseData();
            if (envelope.errorCode() == Errors.INVALID_VOTER_KEY.code()) {
                connections.misled(memberId, connection);
            } else {
                connections.heard(memberId, connection);
            }
            if (envelope.errorCode() != Errors.NONE.code() || data == null) {
                future.completeExceptionally(new IOException("a member of the quorum answers "
                        + Errors.forCode(envelope.errorCode())));
                return;
            }
            byte[] bytes = new byte[data.remaining()];
            data.duplicate().get(bytes);
            future.complete(bytes);
        }

        @Override
        public void onFailure(IOException cause) {
            future.completeExceptionally(cause);
        }
    }
}
