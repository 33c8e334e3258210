package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.simulated.ManualClock;
import io.girok.security.SaslSettings;
import io.girok.security.sasl.SaslSession.Admission;
import io.girok.security.sasl.SaslSession.HandshakeAnswer;
import io.girok.security.sasl.SaslSession.Kind;
import io.girok.security.sasl.SaslSession.MessageAnswer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaslSessionTest {
    private final ManualClock clock = new ManualClock();

    @Test
    void nothingButTheHandshakeAndTheVersionsIsTakenAtFirst() {
        SaslSession session = session(0);

        assertThat(session.admit(Kind.API_VERSIONS)).isEqualTo(Admission.TAKE);
        assertThat(session.admit(Kind.HANDSHAKE)).isEqualTo(Admission.TAKE);
        assertThat(session.admit(Kind.AUTHENTICATE)).isEqualTo(Admission.ANSWER_ILLEGAL_STATE);
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
        assertThat(session.principal()).isNull();
    }

    @Test
    void aUserWithTheRightPasswordIsLetIn() {
        SaslSession session = session(0);

        assertThat(session.handshake("PLAIN"))
                .isEqualTo(new HandshakeAnswer.Accepted(List.of("PLAIN", "SCRAM-SHA-256")));
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
        assertThat(session.message(plain("alice", "secret")))
                .isInstanceOfSatisfying(MessageAnswer.Authenticated.class,
                        done -> assertThat(done.lifetimeMs()).isZero());

        assertThat(session.principal()).isEqualTo(Principal.user("alice"));
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.TAKE);
        assertThat(session.admit(Kind.HANDSHAKE)).isEqualTo(Admission.ANSWER_ILLEGAL_STATE);
        assertThat(session.admit(Kind.AUTHENTICATE)).isEqualTo(Admission.ANSWER_ILLEGAL_STATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0alice\0wrong", "\0bob\0secret", "bob\0alice\0secret", "alice", "\0\0", "\0alice\0", "",
        "\0alice\0secret\0", "\0alice\0\0", "\0ALICE\0secret"})
    void whateverIsWrongTheClientIsToldTheSame(String message) {
        SaslSession session = session(0);
        session.handshake("PLAIN");

        MessageAnswer answer = session.message(message.getBytes(UTF_8));

        assertThat(answer).isInstanceOfSatisfying(MessageAnswer.Failed.class,
                failed -> assertThat(failed.message()).isEqualTo(
                        "the client did not show who it is by SASL mechanism PLAIN: its credentials are invalid"));
        assertThat(session.principal()).isNull();
        assertThat(session.admit(Kind.HANDSHAKE)).isEqualTo(Admission.CLOSE);
    }

    @Test
    void aMechanismThatIsNotOfferedIsAnsweredWithThoseThatAre() {
        SaslSession session = session(0);

        assertThat(session.handshake("SCRAM-SHA-512"))
                .isEqualTo(new HandshakeAnswer.UnsupportedMechanism(List.of("PLAIN", "SCRAM-SHA-256")));
        assertThat(session.hasFailed()).isTrue();
    }

    @Test
    void aSessionEndsUnlessTheClientShowsAgainWhoItIs() {
        SaslSession session = session(1_000);
        session.handshake("PLAIN");
        assertThat(session.message(plain("alice", "secret"))).isInstanceOfSatisfying(
                MessageAnswer.Authenticated.class, done -> assertThat(done.lifetimeMs()).isEqualTo(1_000));

        clock.advance(1_000);
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
        assertThat(session.admit(Kind.HANDSHAKE)).isEqualTo(Admission.TAKE);
        session.handshake("PLAIN");
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
        session.message(plain("alice", "secret"));

        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.TAKE);
    }

    @Test
    void nobodyStaysLongerThanTheTokenIsGoodFor() {
        SaslSettings settings = new SaslSettings(List.of("OAUTHBEARER"), Map.of(), Optional.empty(), Optional.empty(),
                1_024, Map.of());
        SaslSession session = new SaslSession(new SaslMechanisms(settings, ScramTest.users("alice", "secret"),
                Optional.of(token -> new TokenVerifier.Verdict.Valid("alice", clock.wallMs() + 60_000)), () -> "nonce"),
                clock);
        session.handshake("OAUTHBEARER");

        assertThat(session.message("n,,\1auth=Bearer a.b.c\1\1".getBytes(UTF_8))).isInstanceOfSatisfying(
                MessageAnswer.Authenticated.class, done -> assertThat(done.lifetimeMs()).isEqualTo(60_000));
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.TAKE);
        clock.advance(60_000);
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
    }

    @Test
    void nobodyBecomesSomebodyElse() {
        SaslSession session = session(1_000);
        session.handshake("PLAIN");
        session.message(plain("alice", "secret"));
        session.handshake("PLAIN");

        assertThat(session.message(plain("carol", "secret2"))).isInstanceOf(MessageAnswer.Failed.class);
        assertThat(session.principal()).isEqualTo(Principal.user("alice"));
        assertThat(session.admit(Kind.OTHER)).isEqualTo(Admission.CLOSE);
    }

    @Test
    void nobodyChangesTheMechanism() {
        SaslSession session = session(1_000);
        session.handshake("PLAIN");
        session.message(plain("alice", "secret"));

        assertThat(session.handshake("SCRAM-SHA-256")).isInstanceOf(HandshakeAnswer.IllegalState.class);
        assertThat(session.hasFailed()).isTrue();
    }

    @Test
    void anExchangeWithoutEndIsEnded() {
        SaslSession session = new SaslSession(
                new SaslMechanisms(settings(0), ScramTest.users("alice", "secret"), Optional.empty(), () -> "nonce"),
                clock);
        session.handshake("SCRAM-SHA-256");
        session.message("n,,n=alice,r=abc".getBytes(UTF_8));

        assertThat(session.message("n,,n=alice,r=abc".getBytes(UTF_8))).isInstanceOf(MessageAnswer.Failed.class);
    }

    private SaslSession session(long maxReauthMs) {
        return new SaslSession(new SaslMechanisms(settings(maxReauthMs), ScramTest.users("alice", "secret"),
                Optional.empty(), () -> "nonce"), clock);
    }

    private static SaslSettings settings(long maxReauthMs) {
        return new SaslSettings(List.of("PLAIN", "SCRAM-SHA-256"),
                Map.of("alice", new Secret("secret"), "carol", new Secret("secret2")), Optional.empty(),
                Optional.empty(), 1_024, Map.of("PLAIN", maxReauthMs));
    }

    private static byte[] plain(String user, String password) {
        return ("\0" + user + "\0" + password).getBytes(UTF_8);
    }
}
