package io.girok.membership;

import io.girok.base.Shard;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiRow;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import io.girok.wire.RequestEncoder;
import io.girok.wire.Responder;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/// Takes clients' requests that only the active controller can answer to it, wherever it is (KIP-590). Thread-safe.
public final class Forwarding {
    private static final short VERSION = 0;
    private static final long RETRY_MS = 50;
    private static final int MAX_ATTEMPTS = 400;
    private static final long ANSWER_LIMIT_MS = 30_000;
    /// What the controller decides on in one go is written as a batch of metadata, of half a MiB at most.
    static final int MAX_BYTES = 4 << 20;
    /// Lengths, numbers and an address.
    private static final int ENVELOPE_BYTES = 256;
    private static final int MAX_BYTES_OF_CHARACTER = 3;

    private final ControllerChannel channel;
    private final int maxBytes;
    private final Shard shard;

    /// @param channel for nothing else: what is forwarded may take long
    /// @param maxFrameBytes `socket.request.max.bytes`: a larger frame breaks the connection that all share
    public Forwarding(ControllerChannel channel, int maxFrameBytes) {
        this.channel = channel;
        this.maxBytes = Math.min(MAX_BYTES, maxFrameBytes);
        this.shard = channel.shard();
    }

    /// The rows with handlers that forward where the API asks for that, while this node does not lead.
    public List<ApiRow> over(List<ApiRow> rows) {
        return rows.stream().map(row -> row.api().forwardable ? over(row) : row).toList();
    }

    private ApiRow over(ApiRow row) {
        ApiHandler local = row.handler();
        return row.with((request, responder) -> answer(local, request, responder, 1));
    }

    private void answer(ApiHandler local, Request request, Responder responder, int attempt) {
        if (channel.isHere()) {
            local.handle(request, responder);
        } else if (maxBytes < mostBytes(request)) {
            responder.respond(ErrorAnswers.of(request, Errors.INVALID_REQUEST));
        } else {
            forward(local, request, responder, attempt);
        }
    }

    /// How large its envelope may be; it takes memory to find out how large it is.
    private static long mostBytes(Request request) {
        String clientId = Objects.requireNonNullElse(request.clientId(), "");
        long characters = clientId.length() + (long) request.connection().principal().toString().length();
        return request.body().size(new ObjectSerializationCache(), request.version())
                + MAX_BYTES_OF_CHARACTER * characters + ENVELOPE_BYTES;
    }

    private void forward(ApiHandler local, Request request, Responder responder, int attempt) {
        EnvelopeRequestData body = envelope(channel.epoch(), request);
        var _ = channel.ask(ApiKeys.ENVELOPE, VERSION, body, ANSWER_LIMIT_MS).handle((answer, failure) -> {
            Errors error = answer instanceof EnvelopeResponseData envelope
                    ? Errors.forCode(envelope.errorCode())
                    : Errors.NOT_CONTROLLER;
            if (error == Errors.NONE) {
                responder.respond(inner(request, (EnvelopeResponseData) answer));
            } else if (error != Errors.NOT_CONTROLLER || attempt == MAX_ATTEMPTS) {
                responder.respond(ErrorAnswers.of(request, error));
            } else {
                // An election is under way, or about to begin.
                var _ = shard.schedule(RETRY_MS, () -> answer(local, request, responder, attempt + 1));
            }
            return true;
        });
    }

    /// Only the controller of that epoch is to do what is asked: on a way that was cut, the envelope may arrive after a
    /// successor has done it, and others have undone it.
    private static EnvelopeRequestData envelope(long epoch, Request request) {
        ByteBuffer frame = RequestEncoder.encode(request, ByteBuffer::allocate).flip().position(Integer.BYTES);
        ByteBuffer data = ByteBuffer.allocate(EnvelopeHandler.FORWARDED_HEADER_BYTES + frame.remaining())
                .putShort(EnvelopeHandler.FORWARDED_KEY)
                .putLong(epoch)
                .put(frame)
                .flip();
        InetSocketAddress client = request.connection().remoteAddress();
        byte[] address = client.getAddress() == null ? new byte[0] : client.getAddress().getAddress();
        return new EnvelopeRequestData().setRequestData(data)
                .setRequestPrincipal(ForwardedConnection.encode(request.connection()))
                .setClientHostAddress(address);
    }

    private static ApiMessage inner(Request request, EnvelopeResponseData envelope) {
        return RequestEncoder.decodeAnswer(request.api(), request.version(), envelope.responseData().duplicate());
    }
}
