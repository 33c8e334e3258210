package io.girok.security.sasl;

import io.girok.base.Clock;
import io.girok.base.Principal;
import io.girok.security.sasl.SaslExchange.Step;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How far a connection is with showing who it is. Owned by its connection.
public final class SaslSession {
    /*
     *                    handshake                 last message, right
     *    HANDSHAKE --------------------> MESSAGES -----------------------> AUTHENTICATED
     *        |                            |  ^                                 |
     *        | unknown mechanism          |  '-- handshake, if clients must show it again (KIP-368)
     *        v                            | wrong
     *      FAILED <-----------------------'
     *
     * FAILED ends the connection once its answer is out. Whoever shows again who it is must be the same, by the same
     * mechanism; nothing but SASL is taken until it has. A session that is over ends with the next request.
     */
    private enum State {
        HANDSHAKE, MESSAGES, AUTHENTICATED, FAILED
    }

    /// What kind of request comes in.
    public enum Kind {
        API_VERSIONS, HANDSHAKE, AUTHENTICATE, OTHER
    }

    /// What becomes of a request.
    public enum Admission {
        TAKE, ANSWER_ILLEGAL_STATE, CLOSE
    }

    /// The answer to a handshake.
    public sealed interface HandshakeAnswer {
        record Accepted(List<String> mechanisms) implements HandshakeAnswer {}

        record UnsupportedMechanism(List<String> mechanisms) implements HandshakeAnswer {}

        record IllegalState(String reason) implements HandshakeAnswer {}
    }

    /// The answer to a message. Bytes in it are handed over.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public sealed interface MessageAnswer {
        record Continue(byte[] challenge) implements MessageAnswer {}

        /// @param lifetimeMs after how long the client must show again who it is; 0: never
        record Authenticated(byte[] answer, long lifetimeMs) implements MessageAnswer {}

        /// The same message is to come again in a moment: the node is starting.
        record NotYet() implements MessageAnswer {}

        /// @param message for the client: says nothing of what was wrong
        /// @param reason for the log
        record Failed(String message, String reason) implements MessageAnswer {}
    }

    private static final int MAX_MESSAGES = 8;

    private final SaslMechanisms mechanisms;
    private final Clock clock;
    private State state = State.HANDSHAKE;
    private @Nullable SaslExchange exchange;
    private String mechanism = "";
    private int messageCount;
    private @Nullable Principal principal;
    private String principalMechanism = "";
    private boolean isByToken;
    private long endsMonotonicMs = Long.MAX_VALUE;

    public SaslSession(SaslMechanisms mechanisms, Clock clock) {
        this.mechanisms = mechanisms;
        this.clock = clock;
    }

    /// Whether requests of all kinds are taken.
    public boolean isAuthenticated() {
        return state == State.AUTHENTICATED;
    }

    public boolean hasFailed() {
        return state == State.FAILED;
    }

    /// Who the client is; null until it has shown it.
    public @Nullable Principal principal() {
        return principal;
    }

    /// Whether the client has shown a delegation token.
    public boolean isByToken() {
        return isByToken;
    }

    /// Whether the time is over for which the client has shown who it is.
    public boolean isExpired() {
        return mustShowAgain() && endsMonotonicMs <= clock.monotonicMs();
    }

    /// What becomes of a request of that kind now.
    public Admission admit(Kind kind) {
        return switch (state) {
            case HANDSHAKE -> switch (kind) {
                case API_VERSIONS, HANDSHAKE -> Admission.TAKE;
                case AUTHENTICATE -> Admission.ANSWER_ILLEGAL_STATE;
                case OTHER -> Admission.CLOSE;
            };
            case MESSAGES -> switch (kind) {
                case AUTHENTICATE -> Admission.TAKE;
                case HANDSHAKE -> Admission.ANSWER_ILLEGAL_STATE;
                case API_VERSIONS, OTHER -> Admission.CLOSE;
            };
            case AUTHENTICATED -> switch (kind) {
                case HANDSHAKE -> mustShowAgain() ? Admission.TAKE : Admission.ANSWER_ILLEGAL_STATE;
                case AUTHENTICATE -> Admission.ANSWER_ILLEGAL_STATE;
                case API_VERSIONS -> Admission.TAKE;
                case OTHER -> isExpired() ? Admission.CLOSE : Admission.TAKE;
            };
            case FAILED -> Admission.CLOSE;
        };
    }

    private boolean mustShowAgain() {
        return endsMonotonicMs != Long.MAX_VALUE;
    }

    /// Takes a handshake that was admitted.
    public HandshakeAnswer handshake(String wanted) {
        if (principal != null && !wanted.equals(principalMechanism)) {
            state = State.FAILED;
            return new HandshakeAnswer.IllegalState("who shows again who it is must do so by " + principalMechanism);
        }
        SaslExchange begun = mechanisms.begin(wanted);
        if (begun == null) {
            state = State.FAILED;
            return new HandshakeAnswer.UnsupportedMechanism(mechanisms.names());
        }
        exchange = begun;
        mechanism = wanted;
        messageCount = 0;
        state = State.MESSAGES;
        return new HandshakeAnswer.Accepted(mechanisms.names());
    }

    /// Takes a message that was admitted.
    public MessageAnswer message(byte[] message) {
        messageCount++;
        Step step = messageCount <= MAX_MESSAGES
                ? Objects.requireNonNull(exchange).take(message)
                : new Step.Failed("more than " + MAX_MESSAGES + " messages");
        return switch (step) {
            case Step.Continue(byte[] challenge) -> new MessageAnswer.Continue(challenge);
            case Step.Done done -> done(done);
            case Step.NotYet() -> {
                messageCount--;
                yield new MessageAnswer.NotYet();
            }
            case Step.Failed(String reason) -> failed(reason);
        };
    }

    private MessageAnswer failed(String reason) {
        state = State.FAILED;
        exchange = null;
        return new MessageAnswer.Failed(
                "the client did not show who it is by SASL mechanism " + mechanism + ": its credentials are invalid",
                reason);
    }

    private MessageAnswer done(Step.Done done) {
        if (done.user().isEmpty()) {
            return failed("a user without a name");
        }
        Principal shown = Principal.user(done.user());
        if (principal != null && !principal.equals(shown)) {
            state = State.FAILED;
            return new MessageAnswer.Failed("whoever shows again who it is must be the same",
                    "somebody else shows itself on the connection");
        }
        long leftMs = done.expiresMs() == Long.MAX_VALUE ? Long.MAX_VALUE : done.expiresMs() - clock.wallMs();
        if (leftMs <= 0) {
            return failed("what the client has shown is over");
        }
        exchange = null;
        principal = shown;
        principalMechanism = mechanism;
        isByToken = done.isByToken();
        state = State.AUTHENTICATED;
        long maxMs = mechanisms.maxReauthMs(mechanism);
        if (maxMs == 0 && leftMs == Long.MAX_VALUE) {
            endsMonotonicMs = Long.MAX_VALUE;
            return new MessageAnswer.Authenticated(done.answer(), 0);
        }
        // Nobody stays longer by a token than it is good for.
        long lifetimeMs = maxMs == 0 ? leftMs : Math.min(maxMs, leftMs);
        long nowMs = clock.monotonicMs();
        endsMonotonicMs = lifetimeMs < Long.MAX_VALUE - nowMs ? nowMs + lifetimeMs : Long.MAX_VALUE - 1;
        return new MessageAnswer.Authenticated(done.answer(), lifetimeMs);
    }
}
