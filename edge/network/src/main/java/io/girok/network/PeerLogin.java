package io.girok.network;

import io.girok.security.sasl.SaslClient;
import io.girok.security.sasl.SaslRefused;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Shows another node who this one is, over a connection on which nothing else is sent meanwhile. Owned by the
/// connection's shard; one for each time.
final class PeerLogin {
    private static final short HANDSHAKE_VERSION = 1;
    private static final short MESSAGE_VERSION = 1;
    private static final long ANSWER_LIMIT_MS = 5_000;

    /// The connection.
    interface Owner {
        /// Sends ahead of all that waits for the login.
        void sendNow(ApiKeys api, short version, ApiMessage body, long limitMs, PeerConnection.Answer answer);

        /// @param lifetimeMs after how long the login must be repeated; 0: never
        void onLoggedIn(long lifetimeMs);

        void fail(Throwable cause);
    }

    private final SaslClient client;
    private final Owner owner;

    PeerLogin(SaslClient client, Owner owner) {
        this.client = client;
        this.owner = owner;
    }

    void begin() {
        ask(ApiKeys.SASL_HANDSHAKE, HANDSHAKE_VERSION, new SaslHandshakeRequestData().setMechanism(client.mechanism()));
    }

    private void ask(ApiKeys api, short version, ApiMessage body) {
        owner.sendNow(api, version, body, ANSWER_LIMIT_MS, new PeerConnection.Answer() {
            @Override
            public void onAnswer(ApiMessage answer) {
                try {
                    take(answer);
                } catch (SaslRefused refused) {
                    owner.fail(refused);
                }
            }

            @Override
            public void onFailure(IOException cause) {
                owner.fail(cause);
            }
        });
    }

    private void take(ApiMessage answer) throws SaslRefused {
        switch (answer) {
            case SaslHandshakeResponseData handshake -> {
                if (handshake.errorCode() != Errors.NONE.code()) {
                    throw new SaslRefused(client.mechanism() + " is not taken: "
                            + Errors.forCode(handshake.errorCode()) + ", offered: " + handshake.mechanisms());
                }
                say(client.first());
            }
            case SaslAuthenticateResponseData step -> {
                if (step.errorCode() != Errors.NONE.code()) {
                    throw new SaslRefused("this node is not let in: " + Errors.forCode(step.errorCode()) + ", "
                            + step.errorMessage());
                }
                byte[] next = client.answer(step.authBytes());
                if (client.isDone()) {
                    owner.onLoggedIn(step.sessionLifetimeMs());
                } else {
                    say(next);
                }
            }
            default -> throw new SaslRefused("an answer that is not SASL");
        }
    }

    private void say(byte[] message) {
        ask(ApiKeys.SASL_AUTHENTICATE, MESSAGE_VERSION, new SaslAuthenticateRequestData().setAuthBytes(message));
    }
}
