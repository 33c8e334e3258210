package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.MetadataLog;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A broker that is its own controller, of which the test plays the part.
class DirectoryReportsTest {
    private static final TopicId TOPIC = new TopicId(1, 1);
    private static final TopicId FIRST = new TopicId(2, 1);
    private static final TopicId SECOND = new TopicId(2, 2);

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final ControllerChannel channel = new ControllerChannel(
            new ControllerChannel.Route(1, () -> new MetadataLog.Leadership(1, 1, true), (address, owner) -> {
                throw new AssertionError("there is no other node");
            }, id -> null), shard);
    private final DirectoryReports reports = new DirectoryReports(1, () -> 5, channel);
    private final List<Map<PartitionId, TopicId>> asked = new ArrayList<>();
    private final List<Responder> open = new ArrayList<>();

    @BeforeEach
    void serve() {
        channel.serveLocally((request, responder) -> {
            asked.add(directories(request));
            open.add(responder);
        });
    }

    private static Map<PartitionId, TopicId> directories(Request request) {
        AssignReplicasToDirsRequestData body = (AssignReplicasToDirsRequestData) request.body();
        assertThat(body.brokerId()).isEqualTo(1);
        assertThat(body.brokerEpoch()).isEqualTo(5);
        Map<PartitionId, TopicId> directories = new HashMap<>();
        body.directories()
                .forEach(directory -> directory.topics()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition -> directories.put(
                                        new PartitionId(TopicUuids.of(topic.topicId()), partition.partitionIndex()),
                                        TopicUuids.of(directory.id())))));
        return directories;
    }

    /// Answers the oldest request that is open with one error for each partition, by index.
    private void answer(Map<Integer, Errors> errors) {
        var topic = new AssignReplicasToDirsResponseData.TopicData().setTopicId(TopicUuids.of(TOPIC));
        errors.forEach((index, error) -> topic.partitions()
                .add(new AssignReplicasToDirsResponseData.PartitionData().setPartitionIndex(index)
                        .setErrorCode(error.code())));
        open.removeFirst()
                .respond(new AssignReplicasToDirsResponseData().setDirectories(List.of(
                        new AssignReplicasToDirsResponseData.DirectoryData().setTopics(List.of(topic)))));
        shard.runAll();
    }

    private void tell(int index, TopicId directory) {
        reports.tell(new PartitionId(TOPIC, index), directory);
        shard.runAll();
    }

    @Test
    void whatComesWhileARequestIsUnderWayGoesWithTheNext() {
        tell(0, FIRST);
        tell(1, FIRST);
        tell(2, SECOND);

        answer(Map.of(0, Errors.NONE));
        answer(Map.of(1, Errors.NONE, 2, Errors.NONE));

        assertThat(asked).containsExactly(Map.of(new PartitionId(TOPIC, 0), FIRST),
                Map.of(new PartitionId(TOPIC, 1), FIRST, new PartitionId(TOPIC, 2), SECOND));
    }

    @Test
    void whoWaitsIsToldWhenTheControllerKnowsAll() {
        tell(0, FIRST);
        CompletableFuture<Void> told = reports.told();
        shard.runAll();
        assertThat(told).isNotDone();

        answer(Map.of(0, Errors.NONE));

        assertThat(told).isCompleted();
    }

    @Test
    void whatFailsIsToldAgainAndWhatIsGoneIsNot() {
        tell(0, FIRST);
        tell(1, FIRST);
        answer(Map.of(0, Errors.NOT_CONTROLLER));

        clock.advance(50);
        shard.runAll();
        answer(Map.of(0, Errors.NONE, 1, Errors.UNKNOWN_TOPIC_ID));

        assertThat(asked).hasSize(2);
        assertThat(asked.getLast()).containsOnlyKeys(new PartitionId(TOPIC, 0), new PartitionId(TOPIC, 1));
        assertThat(open).isEmpty();
    }

    @Test
    void aReplicaThatMovesOnMeanwhileIsToldAgain() {
        tell(0, FIRST);
        tell(0, SECOND);

        answer(Map.of(0, Errors.NONE));

        assertThat(asked.getLast()).containsExactly(Map.entry(new PartitionId(TOPIC, 0), SECOND));
    }
}
