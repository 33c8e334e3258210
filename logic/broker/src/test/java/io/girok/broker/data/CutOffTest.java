package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.LedPartition;
import io.girok.broker.PartitionListener;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A leader that the controller does not hear any more, while clients still reach it.
class CutOffTest {
    private static final int OTHER = 2;

    private final TestNode node = new TestNode();
    private final TopicId orders = node.createReplicatedTopic("orders");
    private final TopicId single = node.createTopic("single", 1);

    @Test
    void whoeverWaitsIsSentAway() {
        TestAnswer produced = node.send(produce("orders", orders, 0, Messages.ALL, batch("one")).setTimeoutMs(30_000),
                13);
        TestAnswer fetched = node.send(fetch("orders", orders, 0, 0).setMaxWaitMs(30_000), 18);
        assertThat(produced.isThere()).isFalse();
        assertThat(fetched.isThere()).isFalse();

        node.cutOff(true);

        assertThat(only(produced.as(ProduceResponseData.class)).errorCode())
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(only(fetched.as(FetchResponseData.class)).errorCode())
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void whoeverComesIsSentAwayUntilTheControllerAnswersAgain() {
        node.cutOff(true);

        assertThat(errorOfProduce(orders, "orders")).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorOfFetch(orders, "orders")).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorOfListOffsets("orders")).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

        node.cutOff(false);

        assertThat(errorOfProduce(orders, "orders")).isEqualTo(Errors.NONE);
        assertThat(errorOfFetch(orders, "orders")).isEqualTo(Errors.NONE);
        assertThat(errorOfListOffsets("orders")).isEqualTo(Errors.NONE);
    }

    @Test
    void whatNobodyElseHasIsServedAsBefore() {
        node.cutOff(true);

        assertThat(errorOfProduce(single, "single")).isEqualTo(Errors.NONE);
        assertThat(errorOfFetch(single, "single")).isEqualTo(Errors.NONE);
        assertThat(errorOfListOffsets("single")).isEqualTo(Errors.NONE);
    }

    @Test
    void followersAreServedSoThatNoneFallsOutOfSync() {
        node.send(produce("orders", orders, 0, Messages.LEADER, batch("one")), 13);
        node.cutOff(true);

        FetchRequestData request = fetch("orders", orders, 0, 0)
                .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(OTHER));

        assertThat(Messages.allValues(node.send(request, 18).as(FetchResponseData.class))).containsExactly("one");
    }

    @Test
    void aCoordinatorLetsGoAndTakesUpAgain() {
        List<String> told = new ArrayList<>();
        node.broker.partitions().addListener(new PartitionListener() {
            @Override
            public void onLed(LedPartition partition) {
                told.add("led " + partition.name());
            }

            @Override
            public void onLeft(LedPartition partition) {
                told.add("left " + partition.name());
            }
        });

        node.cutOff(true);
        node.cutOff(true);
        node.cutOff(false);

        assertThat(told).containsExactly("left orders-0", "led orders-0");
    }

    private Errors errorOfProduce(TopicId id, String topic) {
        TestAnswer answer = node.send(produce(topic, id, 0, Messages.LEADER, batch("more")), 13);
        return Errors.forCode(only(answer.as(ProduceResponseData.class)).errorCode());
    }

    private Errors errorOfFetch(TopicId id, String topic) {
        return Errors.forCode(only(node.send(fetch(topic, id, 0, 0), 18).as(FetchResponseData.class)).errorCode());
    }

    private Errors errorOfListOffsets(String topic) {
        ListOffsetsRequestData request = new ListOffsetsRequestData().setTopics(List.of(new ListOffsetsTopic()
                .setName(topic)
                .setPartitions(List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-2)))));
        return Errors.forCode(node.send(request, 7)
                .as(ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }
}
