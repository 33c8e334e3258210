package io.girok.membership;

import io.girok.broker.ApiHandler;
import io.girok.broker.ApiTable;
import io.girok.wire.Decoded;
import io.girok.wire.EncodedResponse;
import io.girok.wire.Request;
import io.girok.wire.RequestDecoder;
import io.girok.wire.Responder;
import io.girok.wire.ResponseEncoder;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Envelope: a client's request that another broker passes on, what members of the metadata quorum tell each other,
/// or what nodes that do not vote ask of them. Thread-safe.
///
/// ```
/// the quorum's message  -1: int16 | sender: int32 | who is meant: int32 | bytes of the engine
/// a follower's question -2: int16 | sender: int32 | who is meant: int32 | bytes of `follow.FollowerCodec`
/// a client's request    -3: int16 | epoch of the controller that is meant: int64 | header and body as on a connection
/// ```
///
/// With a client's request come, in the envelope's own fields, its principal and its address: it is authorized as the
/// client's, where it is decided.
///
/// What is meant for another node is refused: a node that has moved may be looked for where another one is by now, and
/// whoever took a promise or an entry in its place would have it counted twice.
public final class EnvelopeHandler implements ApiHandler {
    static final short QUORUM_KEY = -1;
    static final short FOLLOWER_KEY = -2;
    static final short FORWARDED_KEY = -3;
    static final int FORWARDED_HEADER_BYTES = Short.BYTES + Long.BYTES;
    static final int QUORUM_HEADER_BYTES = Short.BYTES + Integer.BYTES + Integer.BYTES;

    /// Takes what other nodes say about the metadata log.
    @FunctionalInterface
    public interface QuorumMessages {
        CompletableFuture<byte[]> onRequest(byte[] request);
    }

    private final ControllerChannel channel;
    private final Supplier<ApiTable> table;
    private final QuorumMessages quorum;
    private final MemberWatch watch;
    private final QuorumMessages followers;

    /// @param table the whole of it, known before the first request
    /// @param quorum takes what members say, followers what nodes ask that do not vote
    public EnvelopeHandler(ControllerChannel channel, Supplier<ApiTable> table, QuorumMessages quorum,
            MemberWatch watch, QuorumMessages followers) {
        this.watch = watch;
        this.followers = followers;
        this.channel = channel;
        this.table = table;
        this.quorum = quorum;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ByteBuffer data = ((EnvelopeRequestData) request.body()).requestData().duplicate();
        short key = Short.BYTES <= data.remaining() ? data.getShort(data.position()) : 0;
        if (key == QUORUM_KEY || key == FOLLOWER_KEY) {
            hand(key, data, request, responder);
        } else if (key != FORWARDED_KEY || data.remaining() < FORWARDED_HEADER_BYTES) {
            responder.respond(failed(Errors.INVALID_REQUEST));
        } else if (!channel.isHere() || channel.epoch() != data.getLong(data.position() + Short.BYTES)) {
            responder.respond(failed(Errors.NOT_CONTROLLER));
        } else {
            pass(request, data.position(data.position() + FORWARDED_HEADER_BYTES), responder);
        }
    }

    private void hand(short key, ByteBuffer data, Request request, Responder responder) {
        if (data.remaining() < QUORUM_HEADER_BYTES) {
            responder.respond(failed(Errors.INVALID_REQUEST));
            return;
        }
        if (data.getInt(data.position() + Short.BYTES + Integer.BYTES) != channel.nodeId()) {
            responder.respond(failed(Errors.INVALID_VOTER_KEY));
            return;
        }
        byte[] message = new byte[data.remaining() - QUORUM_HEADER_BYTES];
        data.get(data.position() + QUORUM_HEADER_BYTES, message);
        if (key == QUORUM_KEY) {
            watch.heard(data.getInt(data.position() + Short.BYTES), request.connection());
        }
        QuorumMessages taker = key == QUORUM_KEY ? quorum : followers;
        var _ = taker.onRequest(message).handle((answer, failure) -> {
            responder.respond(failure == null
                    ? new EnvelopeResponseData().setResponseData(ByteBuffer.wrap(answer))
                    : failed(Errors.UNKNOWN_SERVER_ERROR));
            return true;
        });
    }

    private static EnvelopeResponseData failed(Errors error) {
        return new EnvelopeResponseData().setErrorCode(error.code());
    }

    private void pass(Request outer, ByteBuffer data, Responder responder) {
        ApiTable known = table.get();
        Optional<ForwardedConnection> connection = ForwardedConnection.of(outer);
        if (connection.isEmpty()) {
            responder.respond(failed(Errors.PRINCIPAL_DESERIALIZATION_FAILURE));
        } else if (new RequestDecoder(known.supported()).decode(data,
                connection.get()) instanceof Decoded.Understood(Request inner)
                && inner.api().forwardable) {
            known.handle(inner, new InnerResponder(inner, responder));
        } else {
            responder.respond(failed(Errors.INVALID_REQUEST));
        }
    }

    /// Puts the answer to the inner request into that to the outer one.
    private record InnerResponder(Request inner, Responder outer) implements Responder {
        @Override
        public void respond(ApiMessage body) {
            if (Forwarding.isRefusedByDeposed(inner, body)) {
                // As Apache Kafka does: who has passed it on looks for the controller, and the client hears nothing.
                outer.respond(failed(Errors.NOT_CONTROLLER));
                return;
            }
            EncodedResponse encoded = ResponseEncoder.encode(inner.api(), inner.version(), inner.correlationId(), body,
                    ByteBuffer::allocate);
            ByteBuffer bytes = encoded.own().duplicate().position(Integer.BYTES).limit(encoded.sizeInBytes());
            outer.respond(new EnvelopeResponseData().setResponseData(bytes.slice()));
        }

        @Override
        public void respondNothing() {
            outer.respond(failed(Errors.INVALID_REQUEST));
        }

        @Override
        public void closeConnection(String reason) {
            outer.respond(failed(Errors.UNKNOWN_SERVER_ERROR));
        }
    }
}
