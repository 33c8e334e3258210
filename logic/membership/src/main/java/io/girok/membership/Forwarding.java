package io.girok.membership;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import io.girok.wire.RequestEncoder;
import io.girok.wire.Responder;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.jspecify.annotations.Nullable;

/// Takes clients' requests that only the active controller can answer to it, wherever it is (KIP-590). Thread-safe.
public final class Forwarding {
    private static final short VERSION = 0;
    private static final long RETRY_MS = 50;
    /// No attempt begins later than this after the first, and the last one is given as long to end: so nobody waits
    /// for longer than a minute.
    private static final long RETRY_LIMIT_MS = 30_000;
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
        return row.with((request, responder) -> {
            if (request.connection().isForwarded() || request.connection().isOurOwn()) {
                // Meant for this node in one epoch: whoever has passed it on asks somebody else, or does already. So
                // does this node itself, whose request is nobody's elsewhere.
                local.handle(request, responder);
            } else {
                new Passage(local, request, responder).attempt();
            }
        });
    }

    /// Whether the answer says that whoever gave it is not the active controller, so that nothing was done.
    static boolean isRefusedByDeposed(Request request, ApiMessage answer) {
        return ErrorAnswers.says(Errors.NOT_CONTROLLER, request, answer)
                || (request.api() == ApiKeys.DESCRIBE_QUORUM
                        && ErrorAnswers.says(Errors.NOT_LEADER_OR_FOLLOWER, request, answer));
    }

    /// How large its envelope may be; it takes memory to find out how large it is.
    private static long mostBytes(Request request) {
        String clientId = Objects.requireNonNullElse(request.clientId(), "");
        long characters = clientId.length() + (long) request.connection().principal().toString().length();
        return request.body().size(new ObjectSerializationCache(), request.version())
                + MAX_BYTES_OF_CHARACTER * characters + ENVELOPE_BYTES;
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

    /// A request on its way to the active controller, and what takes the answer where that is this node. One attempt is
    /// under way at a time, and hands it on to the next.
    private final class Passage implements Responder {
        private final ApiHandler local;
        private final Request request;
        private final Responder responder;
        private Timers.@Nullable Scheduled limit;
        private volatile boolean isLate;

        Passage(ApiHandler local, Request request, Responder responder) {
            this.local = local;
            this.request = request;
            this.responder = responder;
        }

        void attempt() {
            if (channel.isHere()) {
                local.handle(request, this);
            } else if (maxBytes < mostBytes(request)) {
                end(ErrorAnswers.of(request, Errors.INVALID_REQUEST));
            } else {
                beginLimit();
                forward();
            }
        }

        private void forward() {
            EnvelopeRequestData body = envelope(channel.epoch(), request);
            var _ = channel.ask(ApiKeys.ENVELOPE, VERSION, body, ANSWER_LIMIT_MS).handle((answer, failure) -> {
                Errors error = answer instanceof EnvelopeResponseData envelope
                        ? Errors.forCode(envelope.errorCode())
                        : Errors.NOT_CONTROLLER;
                if (error == Errors.NONE) {
                    end(inner(request, (EnvelopeResponseData) answer));
                } else if (error == Errors.NOT_CONTROLLER) {
                    retry(() -> ErrorAnswers.of(request, error));
                } else {
                    end(ErrorAnswers.of(request, error));
                }
                return true;
            });
        }

        /// An election is under way, or about to begin.
        ///
        /// @param lastWord the answer where there is no other attempt
        private void retry(Supplier<ApiMessage> lastWord) {
            if (isLate || request.connection().isClosed()) {
                end(lastWord.get());
                return;
            }
            beginLimit();
            var _ = shard.schedule(RETRY_MS, this::attemptAgain);
        }

        /// Nobody else sees to it that the client is answered, as at the first attempt.
        private void attemptAgain() {
            try {
                attempt();
            } catch (RuntimeException thrown) {
                ApiTable.failed(request, this, thrown);
            }
        }

        private void beginLimit() {
            if (limit == null) {
                limit = shard.schedule(RETRY_LIMIT_MS, () -> isLate = true);
            }
        }

        private void end(ApiMessage answer) {
            endLimit();
            responder.respond(answer);
        }

        private void endLimit() {
            if (limit != null) {
                limit.cancel();
            }
        }

        @Override
        public void respond(ApiMessage answer) {
            if (isRefusedByDeposed(request, answer)) {
                retry(() -> answer);
            } else {
                end(answer);
            }
        }

        @Override
        public void respondNothing() {
            endLimit();
            responder.respondNothing();
        }

        @Override
        public void closeConnection(String reason) {
            endLimit();
            responder.closeConnection(reason);
        }
    }
}
