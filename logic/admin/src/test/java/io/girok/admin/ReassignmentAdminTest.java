package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.NewTopic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// AlterPartitionReassignments and ListPartitionReassignments, frame by frame; `orders` has two partitions on broker 1.
class ReassignmentAdminTest {
    private final AdminNode node = new AdminNode();

    @BeforeEach
    void createATopicOnTheFirstBroker() {
        List<Assignment> assignments = List.of(new Assignment(0, List.of(1)), new Assignment(1, List.of(1)));
        node.run(new CreateTopics(List.of(new NewTopic("orders", -1, -1, assignments, Map.of())), false));
    }

    private AlterPartitionReassignmentsResponseData alter(int version, boolean mayChangeFactor, String topic,
            @Nullable List<Integer> replicas) {
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData().setTopics(
                List.of(new ReassignableTopic().setName(topic)
                        .setPartitions(List.of(new ReassignablePartition().setPartitionIndex(0)
                                .setReplicas(replicas)))));
        if (0 < version) {
            request.setAllowReplicationFactorChange(mayChangeFactor);
        }
        return node.ask(request, version).as(AlterPartitionReassignmentsResponseData.class);
    }

    private static ReassignablePartitionResponse only(AlterPartitionReassignmentsResponseData answer) {
        assertThat(answer.errorCode()).isZero();
        return answer.responses().getFirst().partitions().getFirst();
    }

    private List<OngoingTopicReassignment> list(@Nullable List<ListPartitionReassignmentsTopics> topics) {
        return node.ask(new ListPartitionReassignmentsRequestData().setTopics(topics), 0)
                .as(ListPartitionReassignmentsResponseData.class)
                .topics();
    }

    private static ListPartitionReassignmentsTopics named(String topic, Integer... indexes) {
        return new ListPartitionReassignmentsTopics().setName(topic).setPartitionIndexes(List.of(indexes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aReassignmentIsBegunListedAndCalledOff(int version) {
        assertThat(list(null)).isEmpty();

        assertThat(only(alter(version, true, "orders", List.of(2, 1))).errorCode()).isZero();

        OngoingTopicReassignment expected = new OngoingTopicReassignment().setName("orders")
                .setPartitions(List.of(new OngoingPartitionReassignment().setPartitionIndex(0)
                        .setReplicas(List.of(2, 1))
                        .setAddingReplicas(List.of(2))
                        .setRemovingReplicas(List.of())));
        assertThat(list(null)).containsExactly(expected);
        assertThat(list(List.of(named("orders", 0, 1, 7), named("unknown", 0)))).containsExactly(expected);
        assertThat(list(List.of(named("orders", 1)))).isEmpty();

        assertThat(only(alter(version, true, "orders", null)).errorCode()).isZero();

        assertThat(list(null)).isEmpty();
        assertThat(only(alter(version, true, "orders", null)).errorCode())
                .isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS.code());
    }

    @Test
    void whatIsRefusedIsRefusedInWords() {
        ReassignablePartitionResponse unregistered = only(alter(1, true, "orders", List.of(7)));
        ReassignablePartitionResponse larger = only(alter(1, false, "orders", List.of(1, 2)));

        assertThat(unregistered.errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(unregistered.errorMessage()).contains("broker 7");
        assertThat(larger.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(only(alter(1, true, "unknown", List.of(1))).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void withoutAControllerTheRequestFailsAsAWhole() {
        node.loseTheQuorum();

        assertThat(alter(1, true, "orders", List.of(2)).errorCode()).isEqualTo(Errors.NOT_CONTROLLER.code());
    }

    @Test
    void clientsAreToldOfAllReplicasMeanwhile() {
        alter(1, true, "orders", List.of(2));

        MetadataResponseData metadata = node.ask(
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("orders"))), 12)
                .as(MetadataResponseData.class);
        DescribeTopicPartitionsResponseData described = node
                .ask(new DescribeTopicPartitionsRequestData().setTopics(List.of(new TopicRequest().setName("orders"))),
                        0)
                .as(DescribeTopicPartitionsResponseData.class);

        assertThat(metadata.topics().find("orders").partitions().getFirst()).satisfies(partition -> {
            assertThat(partition.replicaNodes()).containsExactly(2, 1);
            assertThat(partition.isrNodes()).containsExactly(1);
            assertThat(partition.leaderId()).isEqualTo(1);
        });
        assertThat(described.topics().find("orders").partitions().getFirst()).satisfies(partition -> {
            assertThat(partition.replicaNodes()).containsExactly(2, 1);
            assertThat(partition.isrNodes()).containsExactly(1);
        });
    }
}
