package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.TestNode;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.junit.jupiter.api.Test;

/// What a leader gives to followers, by `leader.replication.throttled.rate`; broker 2 follows.
class ReplicationThrottleTest {
    private static final int FOLLOWER = 2;
    private static final int LATEST = 18;
    private static final String LARGE = "x".repeat(3_000);

    private final TestNode node = new TestNode();
    private final TopicId orders = node.createTopic("orders", 1);

    private void place(Integer... isr) {
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, FOLLOWER),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(isr), 1, TestNode.LEADER_EPOCH, isr.length)));
        node.runAll();
    }

    private void limit(String bytesPerSecond) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(1), "leader.replication.throttled.rate",
                bytesPerSecond));
    }

    private void send() {
        node.send(produce("orders", orders, 0, Messages.LEADER, batch(LARGE)), 13);
    }

    private List<String> follow(long offset) {
        FetchRequestData request = fetch("orders", orders, 0, offset).setReplicaState(
                new ReplicaState().setReplicaId(FOLLOWER).setReplicaEpoch(1));
        return values(only(node.send(request, LATEST).as(FetchResponseData.class)));
    }

    @Test
    void aFollowerThatCatchesUpIsGivenNoMoreThanTheRate() {
        place(1);
        node.configure("orders", "leader.replication.throttled.replicas", "0:1");
        limit("1000");
        send();
        send();

        assertThat(follow(0)).as("what passes at once passes whole").isNotEmpty();
        assertThat(follow(1)).isEmpty();
        node.advance(1_000);
        assertThat(follow(1)).isEmpty();
        node.advance(6_000);

        assertThat(follow(1)).isNotEmpty();
    }

    @Test
    void consumersAndFollowersInSyncAreNotThrottled() {
        place(1);
        node.configure("orders", "leader.replication.throttled.replicas", "*");
        limit("1");
        send();
        follow(0);
        assertThat(follow(0)).isEmpty();

        assertThat(values(only(node.send(fetch("orders", orders, 0, 0), LATEST).as(FetchResponseData.class))))
                .isNotEmpty();
        place(1, FOLLOWER);

        assertThat(follow(0)).isNotEmpty();
    }

    @Test
    void replicasThatTheTopicDoesNotNameAreNotThrottled() {
        place(1);
        node.configure("orders", "leader.replication.throttled.replicas", "1:1,0:2");
        limit("1");
        send();

        assertThat(follow(0)).isNotEmpty();
        assertThat(follow(0)).isNotEmpty();
    }

    @Test
    void aLimitThatIsTakenAwayHoldsNothingUp() {
        place(1);
        node.configure("orders", "leader.replication.throttled.replicas", "0:1");
        limit("1");
        send();
        follow(0);
        assertThat(follow(0)).isEmpty();

        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(1), "leader.replication.throttled.rate",
                null));

        assertThat(follow(0)).isNotEmpty();
    }
}
