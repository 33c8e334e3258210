package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.DelegationTokenRemoved;
import io.girok.metadata.MetadataRecord.DelegationTokenSet;
import io.girok.metadata.setting.Settings;
import io.girok.security.SaslSettings;
import io.girok.security.sasl.SaslSession.Admission;
import io.girok.security.sasl.SaslSession.Kind;
import io.girok.security.sasl.SaslSession.MessageAnswer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DelegationTokensTest {
    private static final String MECHANISM = "SCRAM-SHA-256";

    private final ManualClock clock = new ManualClock();
    private MetadataImage image = MetadataImage.EMPTY;
    private final DelegationTokens tokens = tokens("key");
    private final ImageScramUsers directory = new ImageScramUsers(() -> image, tokens);

    private DelegationTokens tokens(String key) {
        return DelegationTokens.of(Settings.parse(Map.of("delegation.token.secret.key", key)), () -> image);
    }

    @Test
    void theBearerOfATokenIsItsOwnerForAsLongAsTheTokenLasts() {
        put("t1", 1_000);
        SaslSession session = session(0);

        assertThat(logIn(session, "t1", password("t1"))).isInstanceOfSatisfying(MessageAnswer.Authenticated.class,
                done -> assertThat(done.lifetimeMs()).isEqualTo(1_000));

        assertThat(session.principal()).isEqualTo(Principal.user("alice"));
        assertThat(session.isByToken()).isTrue();
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.TAKE);
        clock.advance(1_000);
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
    }

    @Test
    void aTokenThatIsRenewedLengthensTheSession() {
        put("t1", 1_000);
        SaslSession session = session(600);
        assertThat(logIn(session, "t1", password("t1"))).isInstanceOfSatisfying(MessageAnswer.Authenticated.class,
                done -> assertThat(done.lifetimeMs()).isEqualTo(600));
        clock.advance(500);
        put("t1", 2_000);

        assertThat(logIn(session, "t1", password("t1"))).isInstanceOf(MessageAnswer.Authenticated.class);

        clock.advance(599);
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.TAKE);
    }

    @Test
    void aTokenThatIsOverOrGoneOrOfAnotherKeyLetsNobodyIn() {
        put("t1", 1_000);
        put("t2", 5_000);
        clock.advance(1_000);
        apply(new DelegationTokenRemoved("t2"));
        put("t3", 5_000);

        assertThat(logIn(session(0), "t1", password("t1"))).isInstanceOf(MessageAnswer.Failed.class);
        assertThat(logIn(session(0), "t2", password("t2"))).isInstanceOf(MessageAnswer.Failed.class);
        assertThat(logIn(session(0), "t3", password("t1"))).isInstanceOf(MessageAnswer.Failed.class);
        assertThat(logIn(session(0), "t3", base64(tokens("another").hmac("t3"))))
                .isInstanceOf(MessageAnswer.Failed.class);
    }

    @Test
    void anUnknownTokenLooksLikeAKnownOne() {
        put("t1", 1_000);

        assertThat(challenge("t1")).matches("r=abcnonce,s=[A-Za-z0-9+/]{27}=,i=4096").isEqualTo(challenge("t1"));
        assertThat(challenge("t2")).matches("r=abcnonce,s=[A-Za-z0-9+/]{27}=,i=4096").isEqualTo(challenge("t2"));
    }

    @Test
    void aClientWithATokenWaitsWhileTheNodeIsStarting() {
        SaslSession session = startingSession(0);
        session.handshake(MECHANISM);

        assertThat(session.message(first("t1"))).isInstanceOf(MessageAnswer.NotYet.class);
    }

    @Test
    void aTokenIsFoundByItsPassword() {
        put("t1", 1_000);
        put("t2", 1_000);

        assertThat(tokens.byHmac(tokens.hmac("t2"))).isEqualTo(image.token("t2"));
        assertThat(tokens.byHmac(tokens.hmac("t3"))).isNull();
        assertThat(tokens.byHmac(new byte[0])).isNull();
        put("t3", 1_000);
        apply(new DelegationTokenRemoved("t2"));
        assertThat(tokens.byHmac(tokens.hmac("t3"))).isEqualTo(image.token("t3"));
        assertThat(tokens.byHmac(tokens.hmac("t2"))).isNull();
        assertThat(tokens.byHmac(tokens.hmac("t1"))).isEqualTo(image.token("t1"));
    }

    private void put(String id, long lifetimeMs) {
        long nowMs = clock.wallMs();
        apply(new DelegationTokenSet(new DelegationToken(id, Principal.user("alice"), Principal.user("bob"), List.of(),
                nowMs, nowMs + 10_000, nowMs + lifetimeMs)));
    }

    private void apply(MetadataRecord record) {
        image = ImageChange.of(image, List.of(record)).image();
    }

    private String password(String id) {
        return base64(tokens.hmac(id));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private SaslSession session(long maxReauthMs) {
        directory.known();
        return startingSession(maxReauthMs);
    }

    private SaslSession startingSession(long maxReauthMs) {
        SaslSettings settings = new SaslSettings(List.of(MECHANISM), Map.of(), Optional.empty(), Optional.empty(),
                1_024, Map.of(MECHANISM, maxReauthMs));
        ScramUsers users = new ScramUsers(directory, Optional.empty(), new byte[]{1, 2, 3});
        return new SaslSession(new SaslMechanisms(settings, users, Optional.empty(), () -> "nonce"), clock);
    }

    private static byte[] first(String id) {
        return ("n,,n=" + id + ",r=abc,tokenauth=true").getBytes(UTF_8);
    }

    private String challenge(String id) {
        SaslSession session = session(0);
        session.handshake(MECHANISM);
        return new String(((MessageAnswer.Continue) session.message(first(id))).challenge(), UTF_8);
    }

    /// As Kafka's client does it, which has an extension more to say than ours.
    private static MessageAnswer logIn(SaslSession session, String id, String password) {
        ScramMechanism mechanism = ScramMechanism.SHA_256;
        session.handshake(MECHANISM);
        String serverFirst = new String(((MessageAnswer.Continue) session.message(first(id))).challenge(), UTF_8);
        byte[] salt = Base64.getDecoder().decode(serverFirst.split(",", -1)[1].substring(2));
        byte[] salted = mechanism.salted(password, salt, 4_096);
        String withoutProof = "c=biws,r=abcnonce";
        byte[] signed = (new String(first(id), UTF_8).substring(3) + "," + serverFirst + "," + withoutProof)
                .getBytes(UTF_8);
        byte[] clientKey = mechanism.clientKey(salted);
        byte[] proof = ScramMechanism.xor(clientKey, mechanism.mac(mechanism.hash(clientKey), signed));
        return session.message((withoutProof + ",p=" + base64(proof)).getBytes(UTF_8));
    }
}
