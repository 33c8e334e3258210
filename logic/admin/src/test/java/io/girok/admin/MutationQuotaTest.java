package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestConnection;
import io.girok.controller.AlterQuotas;
import io.girok.controller.AlterQuotas.Alteration;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.metadata.quota.QuotaKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Partitions created and deleted by a user that may have ten a second, and as many at once (KIP-599).
class MutationQuotaTest {
    private static final int RATE = 10;
    private static final String USER = "alice";

    private final AdminNode node = new AdminNode();

    @BeforeEach
    void limit() {
        limit(node, QuotaEntity.of(USER, null));
    }

    private static void limit(AdminNode node, QuotaEntity who) {
        node.run(new AlterQuotas(List.of(new Alteration(who,
                List.of(new AlterQuotas.Operation(QuotaKind.MUTATION.key(), Optional.of((double) RATE))))), false));
    }

    @Test
    void whoHasUsedUpItsQuotaIsRefusedAndToldForHowLongToWait() {
        CreateTopicsResponseData first = create(7, topic("a", 8), topic("b", 7), topic("c", 1));

        assertThat(errorOf(first, "a")).isEqualTo(Errors.NONE);
        assertThat(errorOf(first, "b")).isEqualTo(Errors.NONE);
        assertThat(errorOf(first, "c")).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(first.throttleTimeMs()).isEqualTo(500);
        assertThat(node.store.image().topic("c")).isNull();

        node.clock.advance(500);
        assertThat(errorOf(create(7, topic("c", 1)), "c")).isEqualTo(Errors.NONE);
    }

    @Test
    void anOlderClientHasAllDoneAndWaits() {
        CreateTopicsResponseData answer = create(5, topic("a", 20), topic("b", 10));

        assertThat(answer.topics()).extracting(topic -> topic.errorCode()).containsOnly(Errors.NONE.code());
        assertThat(answer.throttleTimeMs()).isEqualTo(2_000);
    }

    @Test
    void onlyWhatIsDoneIsCounted() {
        assertThat(errorOf(create(7, topic("none", 2_000_000_000)), "none")).isNotEqualTo(Errors.NONE);
        create(7, topic("a", 1));
        assertThat(create(7, topic("a", 1_000)).throttleTimeMs()).isZero();
        CreateTopicsRequestData validated = creation(topic("b", 1_000)).setValidateOnly(true);

        assertThat(node.askAs(USER, validated, 7).as(CreateTopicsResponseData.class).throttleTimeMs()).isZero();
        assertThat(errorOf(create(7, topic("b", 9)), "b")).isEqualTo(Errors.NONE);
    }

    @Test
    void lessThanNothingMakesUpForNothing() {
        CreateTopicsResponseData answer = create(7, topic("none", -1_000_000), topic("a", 11), topic("b", 1));

        assertThat(errorOf(answer, "none")).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(errorOf(answer, "b")).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    }

    @Test
    void partitionsTakenAwayMakeUpForNothing() {
        node.ask(creation(topic("a", 1), topic("b", 1), topic("c", 1)), 7);

        assertThat(grow(growth("a", -1_000_000), growth("b", 22), growth("c", 2)))
                .containsEntry("a", Errors.INVALID_PARTITIONS)
                .containsEntry("b", Errors.NONE)
                .containsEntry("c", Errors.THROTTLING_QUOTA_EXCEEDED);
        node.clock.advance(2_000);
        assertThat(grow(growth("a", Integer.MIN_VALUE), growth("c", 2))).containsEntry("c", Errors.NONE);
    }

    @Test
    void whatTheNodeItselfNeedsIsNeitherRefusedNorCounted() {
        limit(node, QuotaEntity.of(QuotaEntity.DEFAULT, null));
        node.ask(creation(topic("a", 100)), 5);

        node.ask(new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("b"))), 9);

        assertThat(node.store.image().topic("b")).isNotNull();
        CreateTopicsResponseData after = node.ask(creation(), 7).as(CreateTopicsResponseData.class);
        assertThat(after.throttleTimeMs()).isEqualTo(9_000);
    }

    @Test
    void anotherNodeIsNotCountedButWhomItSpeaksForIs() {
        AdminNode guarded = new AdminNode("authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users", "User:node");
        limit(guarded, QuotaEntity.of("node", null));
        TestConnection forwarded = new TestConnection(Principal.user("node")) {
            @Override
            public boolean isForwarded() {
                return true;
            }
        };

        CreateTopicsResponseData direct = guarded.askAs("node", creation(topic("a", 100), topic("b", 100)), 7)
                .as(CreateTopicsResponseData.class);
        CreateTopicsResponseData passedOn = guarded.askBy(forwarded, creation(topic("c", 100), topic("d", 100)), 7)
                .as(CreateTopicsResponseData.class);

        assertThat(errorOf(direct, "b")).isEqualTo(Errors.NONE);
        assertThat(direct.throttleTimeMs()).isZero();
        assertThat(errorOf(passedOn, "d")).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(passedOn.throttleTimeMs()).isEqualTo(9_000);
    }

    @Test
    void requestsAtTheSameTimeKnowOfEachOther() {
        TestAnswer first = node.startAs(USER, creation(topic("a", 20)), 7);
        TestAnswer second = node.startAs(USER, creation(topic("b", 20)), 7);
        node.thread.runAll();

        assertThat(errorOf(first.as(CreateTopicsResponseData.class), "a")).isEqualTo(Errors.NONE);
        assertThat(errorOf(second.as(CreateTopicsResponseData.class), "b"))
                .isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(node.store.image().topic("b")).isNull();
    }

    @Test
    void partitionsThatAreAddedOrDeletedCountAsWell() {
        create(7, topic("a", 5));

        assertThat(grow("a", 10)).isEqualTo(Errors.NONE);
        assertThat(delete("a").throttleTimeMs()).isEqualTo(1_000);
        assertThat(node.store.image().topic("a")).isNull();

        assertThat(delete("a").responses().iterator().next().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        node.ask(creation(topic("b", 1)), 7);
        assertThat(grow("b", 2)).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(delete("b").responses().iterator().next().errorCode())
                .isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED.code());
    }

    @Test
    void nobodyElseWaits() {
        create(7, topic("a", 100));

        CreateTopicsResponseData answer = node.askAs("bob", creation(topic("b", 100), topic("c", 1)), 7)
                .as(CreateTopicsResponseData.class);

        assertThat(answer.topics()).extracting(topic -> topic.errorCode()).containsOnly(Errors.NONE.code());
        assertThat(answer.throttleTimeMs()).isZero();
    }

    private static CreatableTopic topic(String name, int partitions) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
    }

    private static CreateTopicsRequestData creation(CreatableTopic... topics) {
        return new CreateTopicsRequestData()
                .setTopics(new CreatableTopicCollection(Arrays.asList(topics).iterator()));
    }

    private CreateTopicsResponseData create(int version, CreatableTopic... topics) {
        return node.askAs(USER, creation(topics), version).as(CreateTopicsResponseData.class);
    }

    private static Errors errorOf(CreateTopicsResponseData answer, String topic) {
        return Errors.forCode(answer.topics().find(topic).errorCode());
    }

    private Errors grow(String topic, int count) {
        return grow(growth(topic, count)).get(topic);
    }

    private static CreatePartitionsTopic growth(String topic, int count) {
        return new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null);
    }

    private Map<String, Errors> grow(CreatePartitionsTopic... topics) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData()
                .setTopics(new CreatePartitionsTopicCollection(Arrays.asList(topics).iterator()));
        return node.askAs(USER, request, 3)
                .as(CreatePartitionsResponseData.class)
                .results()
                .stream()
                .collect(Collectors.toMap(result -> result.name(), result -> Errors.forCode(result.errorCode())));
    }

    private DeleteTopicsResponseData delete(String topic) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTopics(
                List.of(new DeleteTopicsRequestData.DeleteTopicState().setName(topic)));
        return node.askAs(USER, request, 6).as(DeleteTopicsResponseData.class);
    }
}
