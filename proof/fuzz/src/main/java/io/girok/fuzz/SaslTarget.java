package io.girok.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.simulated.ManualClock;
import io.girok.metadata.ScramCredential;
import io.girok.security.SaslSettings;
import io.girok.security.sasl.DelegationTokens;
import io.girok.security.sasl.SaslClient;
import io.girok.security.sasl.SaslClients;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.SaslRefused;
import io.girok.security.sasl.SaslSession;
import io.girok.security.sasl.SaslSession.HandshakeAnswer;
import io.girok.security.sasl.SaslSession.MessageAnswer;
import io.girok.security.sasl.ScramMechanism;
import io.girok.security.sasl.ScramUsers;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Handshakes and messages of SASL in any order. Nobody is let in but by a message of the client that knows the
/// password, and then as that client's user: whatever was done to its messages on their way.
///
/// ```
/// step   0 kind int8 | 1 bytes int8 (unsigned) | bytes
/// kind   0 handshake: bytes are the mechanism    1 message: bytes    2 time passes: a second for each byte
///        3 the client's next message, with bytes as (position, change) pairs
/// ```
final class SaslTarget implements FuzzTarget {
    private static final String USER = "alice";
    private static final List<String> OFFERED = List.of(SaslSettings.PLAIN, SaslSettings.SCRAM_256,
            SaslSettings.SCRAM_512, SaslSettings.OAUTHBEARER);
    /// New in each process, so that no input has it.
    private static final Secret PASSWORD = new Secret(random());

    private final SaslMechanisms mechanisms = mechanisms();

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static SaslMechanisms mechanisms() {
        SaslSettings settings = new SaslSettings(OFFERED, Map.of(USER, PASSWORD), Optional.empty(), Optional.empty(),
                2_000, Map.of(SaslSettings.PLAIN, 10_000L));
        byte[] salt = "0123456789abcdef".getBytes(UTF_8);
        ScramUsers users = new ScramUsers(new OneUser(
                ScramMechanism.SHA_256.keys(PASSWORD.reveal(), salt, ScramMechanism.MIN_ITERATIONS),
                ScramMechanism.SHA_512.keys(PASSWORD.reveal(), salt, ScramMechanism.MIN_ITERATIONS)),
                Optional.empty(), new byte[8]);
        return new SaslMechanisms(settings, users, Optional.of(TokenTarget.verifier()), () -> "server-nonce");
    }

    /// Alice, and nobody else.
    private record OneUser(ScramCredential keys256, ScramCredential keys512) implements ScramUsers.Directory {
        @Override
        public @Nullable ScramCredential find(ScramMechanism mechanism, String user) {
            if (!user.equals(USER)) {
                return null;
            }
            return mechanism == ScramMechanism.SHA_256 ? keys256 : keys512;
        }

        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public DelegationTokens tokens() {
            return DelegationTokens.NONE;
        }

        @Override
        public byte[] sharedSecret() {
            return keys256.serverKey();
        }

        @Override
        public List<ScramUsers.Shape> shapes(ScramMechanism mechanism) {
            return List.of(ScramUsers.Shape.of(keys256));
        }
    }

    @Override
    public void take(byte[] input) {
        new Run().play(ByteBuffer.wrap(input));
    }

    /// One connection. Owned by [#take].
    private final class Run {
        private final ManualClock clock = new ManualClock();
        private final SaslSession session = new SaslSession(mechanisms, clock);
        private @Nullable SaslClient client;
        private byte[] next = new byte[0];
        private boolean hasHelped;

        void play(ByteBuffer steps) {
            while (2 <= steps.remaining() && !session.hasFailed()) {
                int kind = steps.get() & 3;
                byte[] bytes = new byte[Math.min(steps.get() & 0xFF, steps.remaining())];
                steps.get(bytes);
                switch (kind) {
                    case 0 -> handshake(new String(bytes, UTF_8));
                    case 1 -> message(bytes);
                    case 2 -> clock.advance(1_000L * bytes.length);
                    default -> help(bytes);
                }
                check();
            }
        }

        private void handshake(String mechanism) {
            if (session.admit(SaslSession.Kind.HANDSHAKE) == SaslSession.Admission.TAKE
                    && session.handshake(mechanism) instanceof HandshakeAnswer.Accepted) {
                client = mechanism.equals(SaslSettings.OAUTHBEARER)
                        ? null
                        : SaslClients.of(new SaslSettings.Login(mechanism, USER, PASSWORD), () -> "client-nonce");
                next = client == null ? new byte[0] : client.first();
            }
        }

        private void help(byte[] changes) {
            byte[] changed = next.clone();
            for (int i = 0; i + 1 < changes.length && changed.length != 0; i += 2) {
                changed[(changes[i] & 0xFF) % changed.length] ^= changes[i + 1];
            }
            hasHelped |= client != null;
            message(changed);
        }

        private void message(byte[] bytes) {
            if (session.admit(SaslSession.Kind.AUTHENTICATE) != SaslSession.Admission.TAKE) {
                return;
            }
            if (session.message(bytes) instanceof MessageAnswer.Continue(byte[] challenge) && client != null) {
                try {
                    next = client.answer(challenge);
                } catch (SaslRefused theClientTakesItsLeave) {
                    client = null;
                }
            }
        }

        private void check() {
            Principal shown = session.principal();
            if (shown != null && !(hasHelped && shown.equals(Principal.user(USER)))) {
                throw new AssertionError("somebody is let in as " + shown + " who knows no password");
            }
            if (session.isAuthenticated() && shown == null) {
                throw new AssertionError("somebody is let in as nobody");
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String mechanism : OFFERED) {
            seeds.add(steps("0" + mechanism, "3", "3"));
            seeds.add(steps("0" + mechanism, "3", "3", "2123456789012", "0" + mechanism, "3", "3"));
        }
        seeds.add(steps("0SCRAM-SHA-256", "1n,a=alice,n=alice,r=abc,m=x", "1c=biws,r=abcserver-nonce,p=AAAA"));
        seeds.add(steps("0SCRAM-SHA-512", "1y,,n=b=2C=3Dob,r=abc", "1c=eSws,r=abcserver-nonce,p="
                + "A".repeat(86) + "=="));
        seeds.add(steps("0PLAIN", "1\0alice\0guess"));
        seeds.add(steps("0OAUTHBEARER", "1n,a=alice,\1auth=Bearer a.b.c\1host=x\1\1", "1\1"));
        seeds.add(steps("1x", "0GSSAPI"));
        return seeds;
    }

    private static byte[] steps(String... steps) {
        ByteBuffer bytes = ByteBuffer.allocate(1_024);
        for (String step : steps) {
            byte[] rest = step.substring(1).getBytes(UTF_8);
            bytes.put((byte) (step.charAt(0) - '0')).put((byte) rest.length).put(rest);
        }
        return RequestTarget.bytes(bytes.flip());
    }

    /// A client's answer to SCRAM takes thousands of hashes.
    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 64L * 1024 * 1024 + 4_000L * inputBytes;
    }

    @Override
    public int maxInputBytes() {
        return 2_048;
    }
}
