package io.girok.membership;

import static io.girok.membership.ControllerNode.SESSION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.SimulatedShard;
import io.girok.controller.AlterPartitions;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.Feature;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.SupportedFeatures;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Brokers as their controller sees them, by what they ask it.
class BrokerSessionsTest {
    private final ControllerNode node = new ControllerNode();
    private final ControllerNode.Broker two = node.broker(2);

    @Test
    void aBrokerThatIsReadyIsUnfencedByItsHeartbeat() {
        assertThat(node.isFenced(2)).isTrue();

        assertThat(two.beat().isFenced()).isFalse();

        assertThat(node.isFenced(2)).isFalse();
    }

    @Test
    void whatABrokerSupportsIsKept() {
        assertThat(node.store.image().broker(2).features()).isEqualTo(SupportedFeatures.OURS);
    }

    @Test
    void aBrokerThatSupportsNoLevelOfTheClusterIsRefused() {
        assertThat(node.refusal(3, new SupportedFeatures(List.of(Feature.ELIGIBLE_LEADER_REPLICAS))))
                .isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(node.store.image().broker(3)).isNull();
    }

    @Test
    void whoIsSilentForTheSessionIsFenced() {
        two.beat();

        node.advance(SESSION_MS - 1);
        assertThat(node.isFenced(2)).isFalse();
        node.advance(SESSION_MS / 10);

        assertThat(node.isFenced(2)).isTrue();
    }

    @Test
    void heartbeatsKeepABrokerUnfenced() {
        for (int i = 0; i < 5; i++) {
            assertThat(two.beat().isFenced()).isFalse();
            node.advance(SESSION_MS - 200);
        }

        assertThat(node.isFenced(2)).isFalse();
    }

    @Test
    void aBrokerWhoseProcessIsGoneIsFencedAtOnce() {
        two.beat();

        node.peers.end(2);
        two.closeConnection();
        node.advance(10);

        assertThat(node.isFenced(2)).isTrue();
    }

    @Test
    void aBrokerThatIsCutOffHasTheWholeSession() {
        two.beat();

        node.peers.blackhole(2);
        two.closeConnection();
        node.advance(SESSION_MS - 1);

        assertThat(node.isFenced(2)).isFalse();
    }

    @Test
    void aNewControllerBeginsWithFreshSessions() {
        two.beat();
        node.advance(SESSION_MS - 10);

        node.quorum.elect(ControllerNode.NODE);
        node.advance(SESSION_MS - 10);
        assertThat(node.isFenced(2)).isFalse();
        node.advance(SESSION_MS / 10);

        assertThat(node.isFenced(2)).isTrue();
    }

    @Test
    void timeInWhichTheControllerStoodStillIsNobodysSilence() {
        two.beat();
        node.advance(SESSION_MS / 2);

        node.clock.advance(10 * SESSION_MS);
        node.runAll();
        assertThat(node.isFenced(2)).as("its heartbeats wait to be read").isFalse();
        node.advance(SESSION_MS / 2 - SESSION_MS / 10);
        assertThat(node.isFenced(2)).isFalse();
        node.advance(SESSION_MS / 5);

        assertThat(node.isFenced(2)).as("a session in which it could be heard is over").isTrue();
    }

    @Test
    void whoMustWaitWithItsStopCostsOneLookAtThePartitions() {
        ControllerNode.Broker three = node.broker(3);
        two.beat();
        three.beat();
        TopicId topic = createTopicOnBoth();
        inSync(topic, two);
        int before = node.lookups.get();

        BrokerHeartbeatResponseData first = two.leave();
        assertThat(first.shouldShutDown()).as("broker 3 could lead once it is in sync").isFalse();
        assertThat(first.isFenced()).isFalse();
        assertThat(node.lookups.get()).isGreaterThan(before);
        int after = node.lookups.get();
        BrokerHeartbeatResponseData second = two.leave();

        assertThat(node.lookups.get()).isEqualTo(after);
        assertThat(second.shouldShutDown()).isFalse();
        assertThat(second.isFenced()).isFalse();
        inSync(topic, two, three);
        assertThat(two.leave().shouldShutDown()).isTrue();
    }

    private TopicId createTopicOnBoth() {
        var created = node.controller.submit(new CreateTopics(List.of(new NewTopic("orders", -1, -1,
                List.of(new CreateTopics.Assignment(0, List.of(2, 3))), Map.of())), false));
        node.runAll();
        return created.join().get("orders").get().id();
    }

    /// Broker 2, which leads, says who is in sync.
    private void inSync(TopicId topic, ControllerNode.Broker... brokers) {
        PartitionImage now = node.store.image().topic(topic).partitions().getFirst();
        List<Member> members = Stream.of(brokers).map(broker -> new Member(broker.id(), broker.epoch)).toList();
        var answer = node.controller.submit(new AlterPartitions(two.id(), two.epoch, List.of(
                new Proposal(topic, 0, now.leaderEpoch(), now.partitionEpoch(), members))));
        node.runAll();
        assertThat(answer.join().get().getFirst().isOk()).isTrue();
    }

    @Test
    void heartbeatsOfOtherRegistrationsAreRefused() {
        two.epoch += 100;

        assertThat(Errors.forCode(two.beat().errorCode())).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void aDeposedControllerThatDoesNotKnowItAnswersNoHeartbeat() {
        two.beat();
        SimulatedShard others = new SimulatedShard(node.clock);
        InMemoryMetadataLog successor = new InMemoryMetadataLog(3, node.quorum, others);
        successor.start(new MetadataStore(failure -> {
            throw new AssertionError(failure);
        }));
        node.quorum.elect(3);

        var answer = two.beatOnly();
        node.shard.runAll();
        assertThat(answer).isNotDone();
        node.runAll();

        assertThat(Errors.forCode(((BrokerHeartbeatResponseData) answer.join()).errorCode()))
                .isEqualTo(Errors.NOT_CONTROLLER);
    }
}
