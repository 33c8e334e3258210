package io.girok.network;

import io.girok.base.Principal;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.SaslSession;
import io.girok.security.sasl.SaslSession.HandshakeAnswer;
import io.girok.security.sasl.SaslSession.MessageAnswer;
import io.girok.wire.Request;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Has a client show who it is before its requests are taken: puts [SaslSession] on Kafka's wire. Owned by its
/// connection.
///
/// After a handshake of version 0, messages come and go without a request around them, up to the last one.
final class SaslGate {
    /// The connection.
    interface Owner {
        /// The client has shown who it is.
        void onAuthenticated();

        /// The connection ends when the last answer is out.
        void onNotAuthenticated(String reason);

        /// Ends the connection at once.
        void onRefused(String reason);
    }

    private static final short FIRST_VERSION_WITH_REQUESTS = 1;
    private static final long STARTING_TURN_MS = 50;
    private static final String ILLEGAL_STATE = "Unexpected Kafka request during SASL authentication";
    private static final String IMPATIENT = "it sends a SASL message before the last one is answered";

    private final SaslSession session;
    private final Channel channel;
    private final int failureDelayMs;
    private final Owner owner;
    private boolean isRaw;
    /// Whether a message waits for the node to know its users: no other may come meanwhile.
    private boolean isWaiting;

    SaslGate(SaslMechanisms mechanisms, Channel channel, ClientConnection.Surroundings surroundings, Owner owner) {
        this.session = new SaslSession(mechanisms, surroundings.clock());
        this.channel = channel;
        this.failureDelayMs = surroundings.settings().failedAuthenticationDelayMs();
        this.owner = owner;
    }

    @Nullable
    Principal principal() {
        return session.principal();
    }

    boolean isByToken() {
        return session.isByToken();
    }

    /// Whether the next frame is a message, and not a request.
    boolean isRaw() {
        return isRaw;
    }

    /// Whether a frame may be looked at any further.
    SaslSession.Admission admit(ByteBuffer frame) {
        return session.admit(frame.remaining() < Short.BYTES
                ? SaslSession.Kind.OTHER
                : kind(frame.getShort(frame.position())));
    }

    private static SaslSession.Kind kind(short apiKey) {
        if (apiKey == ApiKeys.API_VERSIONS.id) {
            return SaslSession.Kind.API_VERSIONS;
        }
        if (apiKey == ApiKeys.SASL_HANDSHAKE.id) {
            return SaslSession.Kind.HANDSHAKE;
        }
        return apiKey == ApiKeys.SASL_AUTHENTICATE.id ? SaslSession.Kind.AUTHENTICATE : SaslSession.Kind.OTHER;
    }

    /// Answers the request if it is the gate's; false: it is for others.
    boolean take(Request request, Exchange exchange) {
        return switch (request.body()) {
            case SaslHandshakeRequestData body -> {
                handshake(body.mechanism(), request.version(), exchange);
                yield true;
            }
            case SaslAuthenticateRequestData body -> {
                authenticate(body.authBytes(), exchange);
                yield true;
            }
            default -> false;
        };
    }

    private void handshake(String mechanism, short version, Exchange exchange) {
        if (session.admit(SaslSession.Kind.HANDSHAKE) != SaslSession.Admission.TAKE) {
            illegalState(handshakeAnswer(Errors.ILLEGAL_SASL_STATE, List.of()), exchange);
            return;
        }
        switch (session.handshake(mechanism)) {
            case HandshakeAnswer.Accepted(List<String> offered) -> {
                isRaw = version < FIRST_VERSION_WITH_REQUESTS;
                exchange.respond(handshakeAnswer(Errors.NONE, offered));
            }
            case HandshakeAnswer.UnsupportedMechanism(List<String> offered) -> {
                owner.onNotAuthenticated("it wants a mechanism that is not offered");
                exchange.respond(handshakeAnswer(Errors.UNSUPPORTED_SASL_MECHANISM, offered));
            }
            case HandshakeAnswer.IllegalState(String reason) -> {
                owner.onNotAuthenticated(reason);
                exchange.respond(handshakeAnswer(Errors.ILLEGAL_SASL_STATE, List.of()));
            }
        }
    }

    private static SaslHandshakeResponseData handshakeAnswer(Errors error, List<String> offered) {
        return new SaslHandshakeResponseData().setErrorCode(error.code()).setMechanisms(offered);
    }

    private void authenticate(byte[] message, Exchange exchange) {
        if (isWaiting) {
            owner.onRefused(IMPATIENT);
            return;
        }
        if (session.admit(SaslSession.Kind.AUTHENTICATE) != SaslSession.Admission.TAKE) {
            illegalState(new SaslAuthenticateResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                    .setErrorMessage(ILLEGAL_STATE), exchange);
            return;
        }
        switch (session.message(message)) {
            case MessageAnswer.NotYet() -> again(() -> authenticate(message, exchange), exchange::respondNothing);
            case MessageAnswer.Continue(byte[] challenge) ->
                exchange.respond(new SaslAuthenticateResponseData().setAuthBytes(challenge));
            case MessageAnswer.Authenticated(byte[] answer, long lifetimeMs) -> {
                owner.onAuthenticated();
                exchange.respond(new SaslAuthenticateResponseData().setAuthBytes(answer)
                        .setSessionLifetimeMs(lifetimeMs));
            }
            case MessageAnswer.Failed(String text, String reason) -> {
                owner.onNotAuthenticated(reason);
                later(() -> exchange.respond(new SaslAuthenticateResponseData()
                        .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
                        .setErrorMessage(text)));
            }
        }
    }

    /// A client that has shown who it is and asks too much is told so; one that has not loses its connection as well.
    private void illegalState(ApiMessage answer, Exchange exchange) {
        if (!session.isAuthenticated()) {
            owner.onNotAuthenticated("its SASL requests come in the wrong order");
        }
        exchange.respond(answer);
    }

    /// Takes a message that has no request around it.
    void onRawMessage(Frame frame) {
        ByteBuffer bytes = frame.toNioBuffer();
        byte[] message = new byte[bytes.remaining()];
        bytes.get(message);
        frame.release();
        if (isWaiting) {
            owner.onRefused(IMPATIENT);
        } else {
            take(message);
        }
    }

    private void take(byte[] message) {
        if (session.hasFailed()) {
            return;
        }
        switch (session.message(message)) {
            case MessageAnswer.NotYet() -> again(() -> take(message), () -> {});
            case MessageAnswer.Continue(byte[] challenge) -> sendRaw(challenge);
            case MessageAnswer.Authenticated(byte[] answer, long _) -> {
                isRaw = false;
                owner.onAuthenticated();
                sendRaw(answer);
            }
            case MessageAnswer.Failed(String _, String reason) -> {
                channel.config().setAutoRead(false);
                later(() -> owner.onRefused("not let in: " + reason));
            }
        }
    }

    private void sendRaw(byte[] message) {
        ByteBuf bytes = channel.alloc().directBuffer(Integer.BYTES + message.length);
        bytes.writeInt(message.length).writeBytes(message);
        var _ = channel.writeAndFlush(bytes, channel.voidPromise());
    }

    /// A client that came while the node is starting must not be told that it is nobody: it would give up.
    private void again(Runnable task, Runnable whenGone) {
        isWaiting = true;
        var _ = channel.eventLoop().schedule(() -> {
            isWaiting = false;
            if (channel.isActive()) {
                task.run();
            } else {
                whenGone.run();
            }
        }, STARTING_TURN_MS, TimeUnit.MILLISECONDS);
    }

    /// Whoever guesses passwords is to wait for each answer.
    private void later(Runnable task) {
        var _ = channel.eventLoop().schedule(task, failureDelayMs, TimeUnit.MILLISECONDS);
    }
}
