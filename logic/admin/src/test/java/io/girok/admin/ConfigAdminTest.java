package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.ControllerError;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.Result;
import io.girok.metadata.ConfigTarget;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// IncrementalAlterConfigs, AlterConfigs and DescribeConfigs, frame by frame.
class ConfigAdminTest {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte BROKER = ConfigResource.Type.BROKER.id();
    private static final byte GROUP = ConfigResource.Type.GROUP.id();
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final AdminNode node = new AdminNode("num.partitions", "4", "zookeeper.digest", "girok:secret");

    static IntStream incrementalVersions() {
        return versions(ApiKeys.INCREMENTAL_ALTER_CONFIGS);
    }

    static IntStream alterVersions() {
        return versions(ApiKeys.ALTER_CONFIGS);
    }

    static IntStream describeVersions() {
        return versions(ApiKeys.DESCRIBE_CONFIGS);
    }

    private static IntStream versions(ApiKeys api) {
        return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion());
    }

    @BeforeEach
    void createATopic() {
        node.run(new CreateTopics(List.of(NewTopic.of("orders", 1, 1)), false));
    }

    @Test
    void theAuditLogSaysWhatWasChangedAndNothingElse() {
        alter(1, TOPIC, "orders", change("retention.ms", SET, "5000"), change("cleanup.policy", DELETE, null));
        alter(1, TOPIC, "orders", change("retention.ms", SET, "wrong"));
        alter(1, TOPIC, "nothing", change("retention.ms", SET, "5000"));

        assertThat(node.audited).containsExactly("config changed principal='User:ANONYMOUS' host='0.0.0.0'"
                + " of='TOPIC orders' 'SET retention.ms=5000' 'DELETE cleanup.policy'");
    }

    @ParameterizedTest
    @MethodSource("incrementalVersions")
    void settingsAreSetAddedToTakenFromAndDeleted(int version) {
        String set = alter(version, TOPIC, "orders", change("retention.ms", SET, "5000"),
                change("cleanup.policy", APPEND, "compact"));
        Map<String, String> both = own("orders");
        String taken = alter(version, TOPIC, "orders", change("retention.ms", DELETE, null),
                change("cleanup.policy", SUBTRACT, "delete"));

        assertThat(set).isEqualTo("NONE null");
        assertThat(both).containsOnly(Map.entry("retention.ms", "5000"), Map.entry("cleanup.policy", "delete,compact"));
        assertThat(taken).isEqualTo("NONE null");
        assertThat(own("orders")).containsOnly(Map.entry("cleanup.policy", "compact"));
    }

    @ParameterizedTest
    @MethodSource("incrementalVersions")
    void aWrongChangeIsNamedAndNothingOfItDone(int version) {
        AlterableConfig good = change("retention.ms", SET, "5000");

        assertThat(alter(version, TOPIC, "orders", good.duplicate(), change("segment.byte", SET, "1")))
                .startsWith("INVALID_CONFIG")
                .contains("segment.byte");
        assertThat(alter(version, TOPIC, "orders", good.duplicate(), change("segment.bytes", SET, "many")))
                .startsWith("INVALID_CONFIG")
                .contains("segment.bytes", "many");
        assertThat(alter(version, TOPIC, "orders", good.duplicate(), change("segment.bytes", SET, null)))
                .startsWith("INVALID_REQUEST")
                .contains("segment.bytes");
        assertThat(alter(version, TOPIC, "orders", good.duplicate(), change("segment.bytes", APPEND, "1")))
                .startsWith("INVALID_CONFIG")
                .contains("not a list");
        assertThat(alter(version, TOPIC, "orders", good.duplicate(), change("segment.bytes", (byte) 9, "1")))
                .startsWith("INVALID_REQUEST")
                .contains("no operation 9");
        assertThat(alter(version, TOPIC, "nowhere", good.duplicate())).startsWith("UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(alter(version, BROKER, "77", good.duplicate())).startsWith("BROKER_ID_NOT_REGISTERED");
        assertThat(alter(version, BROKER, "one", good.duplicate())).startsWith("INVALID_REQUEST");
        assertThat(alter(version, GROUP, "readers", good.duplicate())).startsWith("INVALID_REQUEST");
        assertThat(own("orders")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("incrementalVersions")
    void howManyReplicasMustBeInSyncIsNotChangedForOneBroker(int version) {
        AlterableConfig two = change("min.insync.replicas", SET, "2");

        assertThat(alter(version, BROKER, "1", two.duplicate())).startsWith("INVALID_CONFIG").contains("all brokers");
        assertThat(alter(version, BROKER, "", two.duplicate())).isEqualTo("NONE null");
        assertThat(alter(version, TOPIC, "orders", two.duplicate())).isEqualTo("NONE null");
        assertThat(alter(version, BROKER, "1", change("min.insync.replicas", DELETE, null)))
                .as("an old one can be taken away")
                .isEqualTo("NONE null");
    }

    @Test
    void aResourceThatIsNamedTwiceIsAnsweredOnce() {
        IncrementalAlterConfigsRequestData body = new IncrementalAlterConfigsRequestData();
        body.resources().add(resource(TOPIC, "orders", change("retention.ms", SET, "1")));
        body.resources().add(resource(TOPIC, "orders", change("retention.ms", SET, "2")));

        var answer = node.ask(body, 1).as(IncrementalAlterConfigsResponseData.class);

        assertThat(answer.responses()).singleElement()
                .satisfies(
                        only -> assertThat(Errors.forCode(only.errorCode())).isEqualTo(Errors.INVALID_REQUEST));
        assertThat(own("orders")).isEmpty();
    }

    @Test
    void validationOnlyChangesNothing() {
        IncrementalAlterConfigsRequestData body = new IncrementalAlterConfigsRequestData().setValidateOnly(true);
        body.resources().add(resource(TOPIC, "orders", change("retention.ms", SET, "1")));

        var answer = node.ask(body, 1).as(IncrementalAlterConfigsResponseData.class);

        assertThat(answer.responses().getFirst().errorCode()).isZero();
        assertThat(own("orders")).isEmpty();
    }

    @Test
    void withoutAControllerEveryResourceIsTold() {
        node.loseTheQuorum();

        assertThat(alter(1, TOPIC, "orders", change("retention.ms", SET, "1"))).startsWith("NOT_CONTROLLER");
    }

    @ParameterizedTest
    @MethodSource("alterVersions")
    void whatIsNotNamedIsGone(int version) {
        alter(1, TOPIC, "orders", change("retention.ms", SET, "5000"), change("segment.ms", SET, "6000"));

        String replaced = replace(version, replacement("retention.ms", "7000"));
        Map<String, String> after = own("orders");
        String withoutValue = replace(version, replacement("retention.ms", null));
        String twice = replace(version, replacement("retention.ms", "1"), replacement("retention.ms", "2"));
        String wrong = replace(version, replacement("retention.ms", "-5"));

        assertThat(replaced).isEqualTo("NONE null");
        assertThat(after).containsOnly(Map.entry("retention.ms", "7000"));
        assertThat(withoutValue).startsWith("INVALID_REQUEST").contains("retention.ms");
        assertThat(twice).startsWith("INVALID_REQUEST").contains("more than once");
        assertThat(wrong).startsWith("INVALID_CONFIG").contains("retention.ms", "-5");
        assertThat(own("orders")).isEqualTo(after);
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void aTopicsSettingsAreDescribedWithTheirSources(int version) {
        alter(1, TOPIC, "orders", change("retention.ms", SET, "5000"));
        alter(1, BROKER, "", change("log.segment.bytes", SET, "2000000"));

        DescribeConfigsResult described = describe(version, TOPIC, "orders");

        assertThat(entry(described, "retention.ms")).satisfies(entry -> {
            assertThat(entry.value()).isEqualTo("5000");
            assertThat(entry.configSource()).isEqualTo((byte) 1);
        });
        assertThat(entry(described, "segment.bytes")).satisfies(entry -> {
            assertThat(entry.value()).isEqualTo("2000000");
            assertThat(entry.configSource()).isEqualTo((byte) 3);
            assertThat(entry.synonyms()).extracting(synonym -> synonym.name())
                    .containsExactly("log.segment.bytes", "log.segment.bytes");
            if (3 <= version) {
                assertThat(entry.configType()).isEqualTo((byte) 3);
                assertThat(entry.documentation()).isNotBlank();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void aBrokersSettingsAreDescribed(int version) {
        alter(1, BROKER, "", change("log.segment.bytes", SET, "2000000"));

        DescribeConfigsResult own = describe(version, BROKER, "1");
        DescribeConfigsResult ofAll = describe(version, BROKER, "");

        assertThat(entry(own, "num.partitions")).satisfies(entry -> {
            assertThat(entry.value()).isEqualTo("4");
            assertThat(entry.configSource()).isEqualTo((byte) 4);
            assertThat(entry.readOnly()).isTrue();
        });
        assertThat(ofAll.configs()).extracting(DescribeConfigsResourceResult::name)
                .containsExactly("log.segment.bytes");
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void nobodyIsShownASecret(int version) {
        DescribeConfigsResourceResult secret = describe(version, BROKER, "1").configs()
                .stream()
                .filter(config -> config.name().equals("zookeeper.digest"))
                .findFirst()
                .orElseThrow();

        assertThat(secret.isSensitive()).isTrue();
        assertThat(secret.toString()).doesNotContain("girok:secret");
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void whatCannotBeDescribedIsToldWhy(int version) {
        assertThat(Errors.forCode(describe(version, TOPIC, "nowhere").errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(Errors.forCode(describe(version, TOPIC, "a/b").errorCode()))
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(Errors.forCode(describe(version, BROKER, "2").errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(Errors.forCode(describe(version, GROUP, "readers").errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void onlyTheNamedSettingsAreDescribed() {
        DescribeConfigsRequestData body = new DescribeConfigsRequestData();
        body.resources()
                .add(
                        new DescribeConfigsResource().setResourceType(TOPIC)
                                .setResourceName("orders")
                                .setConfigurationKeys(List.of("retention.ms", "no.such.setting")));

        var result = node.ask(body, 4).as(DescribeConfigsResponseData.class).results().getFirst();

        assertThat(result.configs()).extracting(DescribeConfigsResourceResult::name).containsExactly("retention.ms");
    }

    @ParameterizedTest
    @EnumSource(ControllerError.class)
    void everyErrorOfTheControllerIsOneOfKafkas(ControllerError error) {
        if (error != ControllerError.NONE) {
            assertThat(ControllerAnswers.of(Result.failed(error, "why")))
                    .isEqualTo(new ControllerAnswers.Told(Errors.valueOf(error.name()), "why"));
        }
    }

    private Map<String, String> own(String topic) {
        return node.store.image().config(ConfigTarget.topic(topic));
    }

    private static AlterableConfig change(String name, byte operation, String value) {
        return new AlterableConfig().setName(name).setConfigOperation(operation).setValue(value);
    }

    private static AlterConfigsResource resource(byte type, String name, AlterableConfig... changes) {
        AlterConfigsResource resource = new AlterConfigsResource().setResourceType(type).setResourceName(name);
        resource.configs().addAll(List.of(changes));
        return resource;
    }

    /// The error's name and its message.
    private String alter(int version, byte type, String name, AlterableConfig... changes) {
        IncrementalAlterConfigsRequestData body = new IncrementalAlterConfigsRequestData();
        body.resources().add(resource(type, name, changes));
        AlterConfigsResourceResponse only = node.ask(body, version)
                .as(IncrementalAlterConfigsResponseData.class)
                .responses()
                .getFirst();
        assertThat(only.resourceName()).isEqualTo(name);
        return Errors.forCode(only.errorCode()) + " " + only.errorMessage();
    }

    private static AlterConfigsRequestData.AlterableConfig replacement(String name, String value) {
        return new AlterConfigsRequestData.AlterableConfig().setName(name).setValue(value);
    }

    private String replace(int version, AlterConfigsRequestData.AlterableConfig... values) {
        var resource = new AlterConfigsRequestData.AlterConfigsResource().setResourceType(TOPIC)
                .setResourceName("orders");
        resource.configs().addAll(List.of(values));
        AlterConfigsRequestData body = new AlterConfigsRequestData();
        body.resources().add(resource);
        var only = node.ask(body, version).as(AlterConfigsResponseData.class).responses().getFirst();
        return Errors.forCode(only.errorCode()) + " " + only.errorMessage();
    }

    private DescribeConfigsResult describe(int version, byte type, String name) {
        DescribeConfigsRequestData body = new DescribeConfigsRequestData().setIncludeSynonyms(true)
                .setIncludeDocumentation(3 <= version);
        body.resources()
                .add(
                        new DescribeConfigsResource().setResourceType(type)
                                .setResourceName(name)
                                .setConfigurationKeys(null));
        return node.ask(body, version).as(DescribeConfigsResponseData.class).results().getFirst();
    }

    private static DescribeConfigsResourceResult entry(DescribeConfigsResult described, String name) {
        assertThat(described.errorCode()).isZero();
        return described.configs()
                .stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not described"));
    }
}
