package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.membership.ControllerChannel;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Somebody asks for a group, and `__consumer_offsets` is not there yet.
class OffsetsTopicTest {
    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    /// How many copies the controller was asked for, each time.
    private final List<Integer> created = new ArrayList<>();
    private Errors answer = Errors.NONE;
    private OffsetsTopic topic = topic(Map.of("controller.quorum.voters", "7@controller.example:9092"));

    private OffsetsTopic topic(Map<String, String> settings) {
        ControllerChannel channel = new ControllerChannel(new ControllerChannel.Route(1,
                () -> new MetadataLog.Leadership(1, 1, true), (address, owner) -> {
                    throw new AssertionError("there is no other node");
                }, id -> null), shard);
        channel.serveLocally((request, responder) -> {
            ((CreateTopicsRequestData) request.body()).topics()
                    .forEach(each -> created.add((int) each.replicationFactor()));
            CreatableTopicResultCollection results = new CreatableTopicResultCollection();
            results.add(new CreatableTopicResult().setName(Topic.GROUP_METADATA_TOPIC_NAME)
                    .setErrorCode(answer.code()));
            responder.respond(new CreateTopicsResponseData().setTopics(results));
        });
        return new OffsetsTopic(Settings.parse(settings), channel, store::image, clock);
    }

    private void register(int id) {
        commit(new MetadataRecord.BrokerRegistered(id, new TopicId(id, 1), List.of(), null, List.of()),
                new MetadataRecord.BrokerFenced(id, true));
    }

    private void ready(int id) {
        commit(new MetadataRecord.BrokerFenced(id, false));
    }

    private void commit(MetadataRecord... records) {
        store.onCommit(1, store.image().endOffset(), Stream.of(records).map(MetadataCodec::encode).toList());
    }

    private void ask() {
        CompletableFuture<Void> done = topic.create();
        shard.runAll();
        assertThat(done).isCompleted();
    }

    @Test
    void itWaitsForBrokersThatAreRegisteredAndNotReadyYet() {
        for (int id = 1; id <= 3; id++) {
            register(id);
        }
        ready(1);
        ask();
        ready(2);
        ask();
        assertThat(created).isEmpty();

        ready(3);
        ask();

        assertThat(created).containsExactly(3);
    }

    @Test
    void itWaitsForBrokersThatNobodyHasHeardOfYet() {
        register(1);
        ready(1);
        ask();
        assertThat(created).isEmpty();

        for (int id = 2; id <= 3; id++) {
            register(id);
            ready(id);
        }
        ask();

        assertThat(created).containsExactly(3);
    }

    @Test
    void itWaitsForOtherBrokersOnZooKeeper() {
        topic = topic(Map.of("zookeeper.connect", "zoo.example:2181"));
        register(1);
        ready(1);

        ask();

        assertThat(created).isEmpty();
    }

    @Test
    void aBrokerThatIsAloneWaitsForNobody() {
        topic = topic(Map.of());
        register(1);
        ready(1);

        ask();

        assertThat(created).containsExactly(1);
    }

    @Test
    void whoDoesNotComeIsNotWaitedForForEver() {
        for (int id = 1; id <= 3; id++) {
            register(id);
        }
        ready(1);
        ready(2);
        ask();
        clock.advance(OffsetsTopic.WAIT_MS - 1);
        ask();
        assertThat(created).isEmpty();

        clock.advance(1);
        ask();

        assertThat(created).containsExactly(2);
    }

    @Test
    void whoHasBeenWaitedForIsNotWaitedForAgainWhenTheTopicCouldNotBeCreated() {
        register(1);
        ready(1);
        ask();
        clock.advance(OffsetsTopic.WAIT_MS);
        answer = Errors.NOT_CONTROLLER;
        CompletableFuture<Void> failed = topic.create();
        shard.runAll();
        assertThat(failed).isCompletedExceptionally();

        answer = Errors.NONE;
        ask();

        assertThat(created).containsExactly(1, 1);
    }

    @Test
    void asManyAsAreWishedForAreEnough() {
        for (int id = 1; id <= 5; id++) {
            register(id);
        }
        for (int id = 1; id <= 3; id++) {
            ready(id);
        }

        ask();

        assertThat(created).containsExactly(3);
    }
}
