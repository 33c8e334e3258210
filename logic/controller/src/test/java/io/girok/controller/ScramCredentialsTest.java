package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Secret;
import io.girok.controller.AlterScramCredentials.Upsertion;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScramCredentialsTest {
    private static final ScramUser ALICE = new ScramUser("alice", ScramUser.SHA_512);

    private final World world = new World(7);

    @Test
    void aCredentialIsSetReplacedAndRemoved() {
        assertThat(set(ALICE, credential(64, 4_096))).isEqualTo(ControllerError.NONE);
        assertThat(world.image.credential(ALICE)).isEqualTo(credential(64, 4_096));

        assertThat(set(ALICE, credential(64, 16_384))).isEqualTo(ControllerError.NONE);
        assertThat(world.image.credentials()).isEqualTo(Map.of(ALICE, credential(64, 16_384)));

        assertThat(remove(ALICE)).isEqualTo(ControllerError.NONE);
        assertThat(world.image.credentials()).isEmpty();
    }

    @Test
    void theFirstCredentialComesWithASecretThatStays() {
        assertThat(world.image.loginSecret()).isEmpty();
        set(ALICE, credential(64, 4_095));
        assertThat(world.image.loginSecret()).isEmpty();
        set(ALICE, credential(64, 4_096));
        Optional<Secret> agreed = world.image.loginSecret();
        assertThat(agreed).isPresent();

        set(ALICE, credential(64, 5_000));
        remove(ALICE);
        set(ALICE, credential(64, 4_096));

        assertThat(world.image.loginSecret()).isEqualTo(agreed);
    }

    @Test
    void whatIsTooWeakOrNotWholeIsRefused() {
        assertThat(set(ALICE, credential(64, 4_095))).isEqualTo(ControllerError.UNACCEPTABLE_CREDENTIAL);
        assertThat(set(ALICE, credential(64, 16_385))).isEqualTo(ControllerError.UNACCEPTABLE_CREDENTIAL);
        assertThat(set(ALICE, credential(32, 4_096))).isEqualTo(ControllerError.UNACCEPTABLE_CREDENTIAL);
        assertThat(set(new ScramUser("", ScramUser.SHA_256), credential(32, 4_096)))
                .isEqualTo(ControllerError.UNACCEPTABLE_CREDENTIAL);
        assertThat(set(new ScramUser("alice", 3), credential(32, 4_096)))
                .isEqualTo(ControllerError.UNSUPPORTED_SASL_MECHANISM);
        assertThat(set(ALICE, new ScramCredential(new byte[0], new byte[64], new byte[64], 4_096)))
                .isEqualTo(ControllerError.UNACCEPTABLE_CREDENTIAL);
        assertThat(world.image.credentials()).isEmpty();
    }

    @Test
    void whatIsNotThereCanNotBeRemoved() {
        assertThat(remove(ALICE)).isEqualTo(ControllerError.RESOURCE_NOT_FOUND);
        assertThat(remove(new ScramUser("alice", 0))).isEqualTo(ControllerError.UNSUPPORTED_SASL_MECHANISM);
    }

    @Test
    void aUserWhoIsNamedTwiceStaysAsItIsAndOthersAreChanged() {
        ScramUser bob = new ScramUser("bob", ScramUser.SHA_256);

        Map<String, Result<Boolean>> results = world.run(new AlterScramCredentials(
                List.of(new Upsertion(ALICE, credential(64, 4_096)), new Upsertion(ALICE, credential(64, 5_000)),
                        new Upsertion(bob, credential(32, 4_096))),
                List.of()));

        assertThat(results.get("alice")).extracting(Result::error).isEqualTo(ControllerError.DUPLICATE_RESOURCE);
        assertThat(world.image.credentials()).containsOnlyKeys(bob);
    }

    private ControllerError set(ScramUser user, ScramCredential credential) {
        return error(user, new AlterScramCredentials(List.of(new Upsertion(user, credential)), List.of()));
    }

    private ControllerError remove(ScramUser user) {
        return error(user, new AlterScramCredentials(List.of(), List.of(user)));
    }

    private ControllerError error(ScramUser user, AlterScramCredentials command) {
        return Objects.requireNonNull(world.run(command).get(user.name())).error();
    }

    private static ScramCredential credential(int hashBytes, int iterations) {
        return new ScramCredential(new byte[16], new byte[hashBytes], new byte[hashBytes], iterations);
    }
}
