package io.girok.controller;

import static io.girok.controller.ControllerError.BROKER_ID_NOT_REGISTERED;
import static io.girok.controller.ControllerError.INVALID_CONFIG;
import static io.girok.controller.ControllerError.INVALID_REQUEST;
import static io.girok.controller.ControllerError.UNKNOWN_TOPIC_OR_PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Kind;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.ReplaceConfigs.Replacement;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigsTest {
    private static final ConfigTarget ORDERS = ConfigTarget.topic("orders");

    private final World world = World.withBrokers("");

    @BeforeEach
    void createTopic() {
        world.run(new CreateTopics(List.of(NewTopic.of("orders", 1, 1)), false));
    }

    private Result<Map<String, String>> alter(ConfigTarget target, Operation... operations) {
        var results = world.run(new AlterConfigs(List.of(new Alteration(target, List.of(operations))), false));
        return Objects.requireNonNull(results.get(target));
    }

    private static Operation set(String name, String value) {
        return new Operation(Kind.SET, name, value);
    }

    private static Operation delete(String name) {
        return new Operation(Kind.DELETE, name, null);
    }

    @Test
    void settingsAreSetAndDeletedOnTopicsBrokersAndAllBrokers() {
        for (ConfigTarget target : List.of(ORDERS, ConfigTarget.broker(1), ConfigTarget.ALL_BROKERS)) {
            assertThat(alter(target, set("size", "5"))).isEqualTo(Result.of(Map.of("size", "5")));
            assertThat(world.image.config(target)).isEqualTo(Map.of("size", "5"));

            assertThat(alter(target, delete("size"))).isEqualTo(Result.of(Map.of()));
            assertThat(world.image.config(target)).isEmpty();
        }
    }

    /// Without it each node would go by its own file.
    @Test
    void whatLeadersAndTheControllerAgreeOnIsChangedForAllBrokersButNotDeleted() {
        alter(ConfigTarget.ALL_BROKERS, set("min.insync.replicas", "2"), set("size", "5"));

        Result<Map<String, String>> refused = alter(ConfigTarget.ALL_BROKERS, delete("min.insync.replicas"));
        world.run(new ReplaceConfigs(List.of(new Replacement(ConfigTarget.ALL_BROKERS, Map.of("list", "b"))), false));

        assertThat(refused.failure().error()).isEqualTo(ControllerError.INVALID_CONFIG);
        assertThat(world.image.config(ConfigTarget.ALL_BROKERS))
                .isEqualTo(Map.of("min.insync.replicas", "2", "list", "b"));
        alter(ConfigTarget.ALL_BROKERS, set("min.insync.replicas", "1"));
        assertThat(world.image.config(ConfigTarget.ALL_BROKERS)).containsEntry("min.insync.replicas", "1");
    }

    @Test
    void listsGrowAndShrinkFromWhatHolds() {
        alter(ORDERS, new Operation(Kind.APPEND, "list", "z, x"));
        assertThat(world.image.config(ORDERS)).containsEntry("list", "x,y,z");

        alter(ORDERS, new Operation(Kind.SUBTRACT, "list", "y,none"));
        assertThat(world.image.config(ORDERS)).containsEntry("list", "x,z");

        assertThat(alter(ORDERS, new Operation(Kind.APPEND, "size", "5")).error()).isEqualTo(INVALID_CONFIG);
    }

    @Test
    void aTargetIsChangedInAllItsSettingsOrNone() {
        Result<Map<String, String>> result = alter(ORDERS, set("list", "a"), set("size", "big"));

        assertThat(result.error()).isEqualTo(INVALID_CONFIG);
        assertThat(result.message()).isEqualTo("size is 'big', a number is expected");
        assertThat(world.image.config(ORDERS)).isEmpty();
    }

    @Test
    void whatIsRightAloneMayBeWrongTogether() {
        alter(ORDERS, set("list", "a"));

        assertThat(alter(ORDERS, set("size", "0")).message()).isEqualTo("size 0 is too small for a list");
    }

    @Test
    void anUnknownTargetOrSettingIsRefused() {
        assertThat(alter(ConfigTarget.topic("none"), set("size", "5")).error()).isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(ConfigTarget.broker(2), set("size", "5")).error()).isEqualTo(BROKER_ID_NOT_REGISTERED);
        for (String name : List.of("one", "01", "-1", "99999999999")) {
            ConfigTarget target = new ConfigTarget(ConfigTarget.Kind.BROKER, name);
            assertThat(alter(target, set("size", "5")).error()).isEqualTo(INVALID_REQUEST);
        }
        assertThat(alter(ORDERS, set("none", "5")).error()).isEqualTo(INVALID_CONFIG);
        assertThat(alter(ORDERS, delete("none")).error()).isEqualTo(INVALID_CONFIG);
        assertThat(alter(ORDERS, new Operation(Kind.SET, "size", null)).error()).isEqualTo(INVALID_REQUEST);
        assertThat(world.image.configs()).isEmpty();
    }

    @Test
    void whatIsNamedTwiceIsRefused() {
        assertThat(alter(ORDERS, set("size", "5"), delete("size")).error()).isEqualTo(INVALID_REQUEST);

        Alteration alteration = new Alteration(ORDERS, List.of(set("size", "5")));
        var results = world.run(new AlterConfigs(List.of(alteration, alteration), false));

        assertThat(results.values()).extracting(Result::error).containsExactly(INVALID_REQUEST);
        assertThat(world.image.configs()).isEmpty();
    }

    @Test
    void validationAnswersTheSameButChangesNothing() {
        MetadataImage before = world.image;

        var results = world.run(
                new AlterConfigs(List.of(new Alteration(ORDERS, List.of(set("size", "5")))), true));

        assertThat(results.get(ORDERS)).isEqualTo(Result.of(Map.of("size", "5")));
        assertThat(world.image).isEqualTo(before);
    }

    @Test
    void aReplacementLeavesNothingOfWhatWas() {
        alter(ORDERS, set("size", "5"), set("list", "a"));

        var results = world.run(new ReplaceConfigs(List.of(new Replacement(ORDERS, Map.of("list", "b"))), false));

        assertThat(results.get(ORDERS)).isEqualTo(Result.of(Map.of("list", "b")));
        assertThat(world.image.config(ORDERS)).isEqualTo(Map.of("list", "b"));
    }

    @Test
    void nothingIsWrittenForWhatIsSoAlready() {
        alter(ORDERS, set("size", "5"));
        long endOffset = world.image.endOffset();

        alter(ORDERS, set("size", "5"), delete("list"));

        assertThat(world.image.endOffset()).isEqualTo(endOffset);
    }
}
