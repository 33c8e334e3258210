package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Secret;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.LoginSecretSet;
import io.girok.metadata.MetadataRecord.ScramCredentialSet;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import io.girok.security.sasl.SaslExchange.Step;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a stranger can learn of names that nobody has.
class ImageScramUsersTest {
    private static final ScramMechanism MECHANISM = ScramMechanism.SHA_256;

    private MetadataImage image = MetadataImage.EMPTY;
    private final ImageScramUsers directory = new ImageScramUsers(() -> image, DelegationTokens.NONE);

    @Test
    void whatIsMadeUpLooksLikeWhatIsThere() {
        set("alice", "1ut4w5s90bm3zx7e6q8cvyr2dk", 8_192);

        ScramCredential madeUp = users(new byte[32]).madeUp(MECHANISM, "nobody");

        assertThat(ScramUsers.Shape.of(madeUp)).isEqualTo(new ScramUsers.Shape(8_192, 26, true));
        assertThat(new String(madeUp.salt(), UTF_8)).isNotEqualTo("1ut4w5s90bm3zx7e6q8cvyr2dk");
    }

    @Test
    void everyShapeIsMadeUpNowAndThenAndANameKeepsIts() {
        set("alice", "1ut4w5s90bm3zx7e6q8cvyr2dk", 8_192);
        set("bob", "\0".repeat(100), 4_096);
        ScramUsers users = users(new byte[32]);
        Set<ScramUsers.Shape> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            ScramCredential madeUp = users.madeUp(MECHANISM, "nobody-" + i);
            assertThat(users.madeUp(MECHANISM, "nobody-" + i)).isEqualTo(madeUp);
            seen.add(ScramUsers.Shape.of(madeUp));
        }

        assertThat(seen).containsExactlyInAnyOrderElementsOf(directory.shapes(MECHANISM)).hasSize(2);
    }

    @Test
    void allNodesMakeUpTheSame() {
        agree("random");
        byte[] another = new byte[32];
        another[0] = 1;

        assertThat(users(new byte[32]).madeUp(MECHANISM, "nobody"))
                .isEqualTo(users(another).madeUp(MECHANISM, "nobody"));
    }

    @Test
    void aNewUserIsNoticed() {
        assertThat(directory.shapes(MECHANISM)).isEmpty();

        set("alice", "salt", 4_096);

        assertThat(directory.shapes(MECHANISM)).isEqualTo(List.of(new ScramUsers.Shape(4_096, 4, true)));
    }

    /// Whoever knows a password must not be able to tell by it which names are made up, nor guess it by what is.
    @Test
    void whatIsMadeUpDoesNotHangOnAPassword() {
        agree("random");
        ScramCredential before = users(new byte[32]).madeUp(MECHANISM, "nobody");

        set("alice", "salt", 4_096);
        byte[] first = users(new byte[32]).madeUp(MECHANISM, "nobody").storedKey();
        set("alice", "tlas", 4_096);

        assertThat(users(new byte[32]).madeUp(MECHANISM, "nobody").storedKey()).isEqualTo(first)
                .isEqualTo(before.storedKey());
    }

    private void agree(String secret) {
        ImageChange change = new ImageChange(image);
        change.apply(new LoginSecretSet(new Secret(secret)));
        image = change.image();
    }

    /// Time can't be asserted, but work leaves its traces: to make a password's keys takes thousands of hashes.
    @Test
    void anUnknownUserTakesNoMoreAndNoLessWorkThanAWrongPassword() throws Exception {
        set("alice", "1ut4w5s90bm3zx7e6q8cvyr2dk", 8_192);
        directory.known();
        ScramUsers users = users(new byte[32]);
        long known = 0;
        long unknown = 0;
        for (int i = 0; i < 200; i++) {
            known = allocatedByAttempt(users, "alice");
            unknown = allocatedByAttempt(users, "nobody");
        }

        assertThat(Math.abs(known - unknown)).isLessThan(16 * 1024);
    }

    /// By the server alone.
    private static long allocatedByAttempt(ScramUsers users, String user) throws Exception {
        ScramClient client = new ScramClient(MECHANISM, user, new Secret("guessed"), "client");
        ScramExchange server = new ScramExchange(MECHANISM, users, "server");
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long begin = thread.getCurrentThreadAllocatedBytes();
        Step.Continue challenge = (Step.Continue) server.take(client.first());
        long first = thread.getCurrentThreadAllocatedBytes() - begin;
        byte[] last = client.answer(challenge.challenge());
        begin = thread.getCurrentThreadAllocatedBytes();
        assertThat(server.take(last)).isEqualTo(new Step.Failed("unknown user or wrong password"));
        return first + thread.getCurrentThreadAllocatedBytes() - begin;
    }

    private ScramUsers users(byte[] secret) {
        return new ScramUsers(directory, Optional.empty(), secret);
    }

    private void set(String user, String salt, int iterations) {
        ImageChange change = new ImageChange(image);
        change.apply(new ScramCredentialSet(new ScramUser(user, MECHANISM.number()),
                MECHANISM.keys("password of " + user, salt.getBytes(UTF_8), iterations)));
        image = change.image();
    }
}
