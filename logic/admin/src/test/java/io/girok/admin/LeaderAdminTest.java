package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.AllocateProducerIds;
import io.girok.controller.AlterConfigs;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.FenceBroker;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// ElectLeaders, UnregisterBroker and what DescribeTopicPartitions says of leaders, frame by frame.
class LeaderAdminTest {
    private static final int LATEST = 2;

    private final AdminNode node = new AdminNode("min.insync.replicas", "2");

    @BeforeEach
    void createATopicOnBothBrokers() {
        node.run(new CreateTopics(List.of(new NewTopic("orders", 1, 2, List.of(), Map.of())), false));
    }

    private void fence(int broker, boolean isFenced) {
        BrokerImage image = Objects.requireNonNull(node.store.image().broker(broker));
        assertThat(node.run(new FenceBroker(broker, image.epoch(), isFenced)).isOk()).isTrue();
    }

    private DescribeTopicPartitionsResponsePartition described() {
        return node
                .ask(new DescribeTopicPartitionsRequestData().setTopics(List.of(new TopicRequest().setName("orders"))),
                        0)
                .as(DescribeTopicPartitionsResponseData.class)
                .topics()
                .find("orders")
                .partitions()
                .getFirst();
    }

    private ElectLeadersResponseData elect(int version, int type, String topic) {
        TopicPartitionsCollection topics = new TopicPartitionsCollection();
        topics.add(new TopicPartitions().setTopic(topic).setPartitions(List.of(0)));
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTopicPartitions(topics);
        if (0 < version) {
            request.setElectionType((byte) type);
        }
        return node.ask(request, version).as(ElectLeadersResponseData.class);
    }

    private static short errorOf(ElectLeadersResponseData answer) {
        assertThat(answer.errorCode()).isZero();
        return answer.replicaElectionResults().getFirst().partitionResult().getFirst().errorCode();
    }

    @Test
    void commandsOfOneBatchSeeWhatTheOnesBeforeHaveSetForAllBrokers() {
        int leader = described().leaderId();
        BrokerImage follower = Objects.requireNonNull(node.store.image().broker(3 - leader));

        var _ = node.controller.submit(new AllocateProducerIds());
        var _ = node.controller.submit(setForAllBrokers("min.insync.replicas", "1"));
        var _ = node.controller.submit(new FenceBroker(follower.id(), follower.epoch(), true));
        node.thread.runAll();

        assertThat(partition().isr()).containsExactly(leader);
        assertThat(partition().elr()).as("one is enough by now").isEmpty();
    }

    private static AlterConfigs setForAllBrokers(String name, String value) {
        return new AlterConfigs(List.of(new AlterConfigs.Alteration(ConfigTarget.ALL_BROKERS,
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, name, value)))), false);
    }

    private PartitionImage partition() {
        return Objects.requireNonNull(node.store.image().topic("orders")).partitions().getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aLeaderIsElectedOrItIsSaidWhyNot(int version) {
        int preferred = described().replicaNodes().getFirst();

        assertThat(errorOf(elect(version, 0, "orders"))).isEqualTo(Errors.ELECTION_NOT_NEEDED.code());
        assertThat(errorOf(elect(version, 0, "nothing"))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        fence(preferred, true);
        assertThat(errorOf(elect(version, 0, "orders"))).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE.code());
    }

    @Test
    void anElectionThatDoesNotExistIsRefused() {
        assertThat(elect(LATEST, 7, "orders").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void thoseWhoMayLeadAgainAreNamed() {
        int first = described().leaderId();
        int second = described().replicaNodes().get(1);

        fence(first, true);

        assertThat(described().leaderId()).isEqualTo(second);
        assertThat(described().isrNodes()).containsExactly(second);
        assertThat(described().eligibleLeaderReplicas()).containsExactly(first);

        fence(second, true);

        assertThat(described().errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(described().eligibleLeaderReplicas()).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void aBrokerIsUnregisteredOnceItIsFenced() {
        assertThat(unregister(2)).isEqualTo(Errors.INVALID_REQUEST.code());
        fence(2, true);
        assertThat(unregister(2)).isZero();
        assertThat(unregister(2)).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED.code());
    }

    private short unregister(int broker) {
        return node.ask(new UnregisterBrokerRequestData().setBrokerId(broker), 0)
                .as(UnregisterBrokerResponseData.class)
                .errorCode();
    }
}
