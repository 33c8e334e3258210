package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.DelegationToken;
import io.girok.metadata.ScramCredential;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// SCRAM (RFC 5802), from the server's end. Owned by its connection.
final class ScramExchange implements SaslExchange {
    /*
     *   FIRST (again, while users are not known yet)
     *   FIRST --client-first / server-first--> FINAL --client-final / server-final--> OVER
     *     |                                      |
     *     '------- anything else ----------------'------> OVER (failed)
     *
     * A user that nobody knows takes the same way, with keys made up by ScramUsers: what it is answered, and how long
     * that takes, says nothing until the proof is wrong, as with a wrong password.
     */
    private enum State {
        FIRST, FINAL, OVER
    }

    private static final String NO_CHANNEL_BINDING = "n";
    private static final String NO_CHANNEL_BINDING_HERE = "y";
    /// Kafka's only one: the user is the id of a delegation token (KIP-48).
    private static final String TOKEN_EXTENSION = "tokenauth=true";

    private final ScramMechanism mechanism;
    private final ScramUsers users;
    private final String serverNonce;
    private State state = State.FIRST;
    private String gs2Header = "";
    private String user = "";
    private String nonce = "";
    private String firstMessages = "";
    private @Nullable ScramCredential keys;
    private boolean isKnown;
    /// What the user is the id of, null without the extension or where there is no such token.
    private @Nullable DelegationToken token;

    /// @param serverNonce fresh and random
    ScramExchange(ScramMechanism mechanism, ScramUsers users, String serverNonce) {
        this.mechanism = mechanism;
        this.users = users;
        this.serverNonce = serverNonce;
    }

    @Override
    public Step take(byte[] message) {
        String text = ScramText.decode(message);
        State now = state;
        state = State.OVER;
        if (text == null) {
            return new Step.Failed("a SCRAM message is no text, or too long");
        }
        return switch (now) {
            case FIRST -> first(text);
            case FINAL -> last(text);
            case OVER -> new Step.Failed("a SCRAM message after the last one");
        };
    }

    /// `n,[a=authorization id],n=user,r=nonce[,extensions]`.
    private Step first(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length < 4 || !(parts[0].equals(NO_CHANNEL_BINDING) || parts[0].equals(NO_CHANNEL_BINDING_HERE))) {
            return new Step.Failed("a SCRAM message begins as none does, or wants channel binding");
        }
        String escapedUser = ScramText.value(parts[2], 'n');
        String clientNonce = ScramText.value(parts[3], 'r');
        String name = escapedUser == null ? null : ScramText.unescaped(escapedUser);
        if (name == null || name.isEmpty() || !ScramText.isNonce(clientNonce)) {
            return new Step.Failed("a SCRAM message without a user or a nonce");
        }
        String actsFor = parts[1].isEmpty() ? "" : authorizationId(parts[1]);
        if (actsFor == null || (!actsFor.isEmpty() && !actsFor.equals(name))) {
            return new Step.Failed("a user wants to act for another one");
        }
        boolean isToken = Arrays.asList(parts).subList(4, parts.length).contains(TOKEN_EXTENSION);
        if (isToken && !users.tokens().areOn()) {
            return new Step.Failed("there are no delegation tokens");
        }
        if (isToken ? !users.areTokensKnown() : !users.isKnown(name)) {
            state = State.FIRST;
            return new Step.NotYet();
        }
        gs2Header = parts[0] + "," + parts[1] + ",";
        nonce = clientNonce + serverNonce;
        if (isToken) {
            findToken(name);
        } else {
            findUser(name);
        }
        return answer(text);
    }

    private void findToken(String id) {
        token = users.tokens().find(id);
        isKnown = token != null;
        keys = token == null ? users.madeUpToken(mechanism, id) : users.tokens().credential(mechanism, id);
    }

    private void findUser(String name) {
        user = name;
        ScramCredential stored = users.find(mechanism, name);
        isKnown = stored != null;
        keys = stored == null ? users.madeUp(mechanism, name) : stored;
    }

    private Step answer(String text) {
        ScramCredential known = Objects.requireNonNull(keys);
        String serverFirst = "r=" + nonce + ",s=" + ScramText.base64(known.salt()) + ",i=" + known.iterations();
        firstMessages = text.substring(gs2Header.length()) + "," + serverFirst;
        state = State.FINAL;
        return new Step.Continue(serverFirst.getBytes(UTF_8));
    }

    private static @Nullable String authorizationId(String attribute) {
        String escaped = ScramText.value(attribute, 'a');
        return escaped == null ? null : ScramText.unescaped(escaped);
    }

    /// librdkafka before 2.6.1 puts its own nonce before that of both sides, which begins with it already: Apache
    /// Kafka 3 takes that, 4 refuses it. What keeps others from replaying a message, the server's part, is there.
    private boolean isOurs(String shown) {
        return shown.equals(nonce)
                || shown.equals(nonce.substring(0, nonce.length() - serverNonce.length()) + nonce);
    }

    /// `c=header,r=nonce[,extensions],p=proof`.
    private Step last(String text) {
        int proofAt = text.lastIndexOf(",p=");
        String[] parts = text.split(",", -1);
        byte[] proof = proofAt < 0 ? null : ScramText.bytes(text.substring(proofAt + 3));
        if (proof == null || parts.length < 3 || proof.length != mechanism.hashBytes()) {
            return new Step.Failed("a last SCRAM message without a proof");
        }
        byte[] header = ScramText.bytes(ScramText.value(parts[0], 'c'));
        String shown = ScramText.value(parts[1], 'r');
        if (header == null || !Arrays.equals(header, gs2Header.getBytes(UTF_8)) || shown == null
                || !isOurs(shown)) {
            return new Step.Failed("a last SCRAM message that does not belong to the first");
        }
        ScramCredential known = Objects.requireNonNull(keys);
        byte[] signed = (firstMessages + "," + text.substring(0, proofAt)).getBytes(UTF_8);
        byte[] clientKey = ScramMechanism.xor(proof, mechanism.mac(known.storedKey(), signed));
        byte[] signature = mechanism.mac(known.serverKey(), signed);
        boolean isRight = MessageDigest.isEqual(mechanism.hash(clientKey), known.storedKey());
        if (!isRight || !isKnown) {
            return new Step.Failed("unknown user or wrong password");
        }
        byte[] answer = ("v=" + ScramText.base64(signature)).getBytes(UTF_8);
        return token == null
                ? new Step.Done(answer, user, false, Long.MAX_VALUE)
                : new Step.Done(answer, token.owner().name(), true, token.expiresMs());
    }
}
