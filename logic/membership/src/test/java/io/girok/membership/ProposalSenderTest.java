package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.replication.InSyncProposals;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.message.AlterPartitionResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// What a leader on broker 1 proposes to the active controller, node 2.
class ProposalSenderTest {
    private static final TopicId TOPIC = new TopicId(4, 4);
    private static final int LEADER_EPOCH = 5;
    private static final int PARTITION_EPOCH = 7;

    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    private final Deque<Responder> responders = new ArrayDeque<>();
    private final List<AlterPartitionRequestData> requests = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private MetadataImage image = image(PARTITION_EPOCH);
    private final ProposalSender sender = new ProposalSender(1, () -> 99,
            new ControllerChannel(new ControllerChannel.Route(1, () -> new Leadership(2, 1, false), peers,
                    TestPeers::addressOf), shard),
            () -> image, id -> shard);

    ProposalSenderTest() {
        peers.listen(2, this::handle);
    }

    private static MetadataImage image(int partitionEpoch) {
        PartitionImage partition = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, TopicId.ZERO),
                List.of(1, 2), 1, LEADER_EPOCH, partitionEpoch);
        return ImageChange.of(MetadataImage.EMPTY, List.of(new MetadataRecord.TopicCreated(TOPIC, "orders"),
                new MetadataRecord.PartitionsAdded(TOPIC, 0, List.of(partition, partition)))).image();
    }

    private void handle(Request request, Responder responder) {
        requests.add((AlterPartitionRequestData) request.body());
        responders.add(responder);
    }

    private void propose(int index) {
        sender.propose(new InSyncProposals.Proposal(new PartitionId(TOPIC, index), LEADER_EPOCH, PARTITION_EPOCH,
                List.of(new InSyncProposals.Member(1, -1))), new InSyncProposals.Answer() {
                    @Override
                    public void onAccepted(int leaderEpoch, int partitionEpoch, List<Integer> isr) {
                        told.add(index + " is " + isr + " in epoch " + partitionEpoch);
                    }

                    @Override
                    public void onRefused() {
                        told.add(index + " refused");
                    }
                });
        shard.runAll();
    }

    private void answer(PartitionData... partitions) {
        responders.remove()
                .respond(new AlterPartitionResponseData().setTopics(List.of(
                        new TopicData().setTopicId(TopicUuids.of(TOPIC)).setPartitions(List.of(partitions)))));
        shard.runAll();
    }

    private static PartitionData failed(int index, Errors error) {
        return new PartitionData().setPartitionIndex(index).setErrorCode(error.code());
    }

    private static PartitionData accepted(int index) {
        return new PartitionData().setPartitionIndex(index)
                .setLeaderEpoch(LEADER_EPOCH)
                .setPartitionEpoch(PARTITION_EPOCH + 1)
                .setIsr(List.of(1));
    }

    @Test
    void aLeaderHearsWhatBecameOfItsProposal() {
        propose(0);
        answer(accepted(0));
        propose(1);
        answer(failed(1, Errors.INELIGIBLE_REPLICA));

        assertThat(requests.getFirst().brokerEpoch()).isEqualTo(99);
        assertThat(told).containsExactly("0 is [1] in epoch 8", "1 refused");
    }

    @Test
    void whatComesMeanwhileGoesWithTheNextRequest() {
        propose(0);
        propose(1);
        assertThat(requests).hasSize(1);

        answer(accepted(0));

        assertThat(requests).hasSize(2);
        assertThat(requests.getLast().topics().getFirst().partitions()).extracting(data -> data.partitionIndex())
                .containsExactly(1);
    }

    @Test
    void whoIsNotTheControllerRefusesNothing() {
        propose(0);
        answer(failed(0, Errors.NOT_CONTROLLER));
        shard.advance(100);
        responders.remove().respond(new AlterPartitionResponseData().setErrorCode(Errors.NOT_CONTROLLER.code()));
        shard.advance(100);

        assertThat(told).isEmpty();
        assertThat(requests).hasSize(3);
        answer(accepted(0));
        assertThat(told).containsExactly("0 is [1] in epoch 8");
    }

    @Test
    void whatTheMetadataHaveOvertakenIsNotProposedAgain() {
        propose(0);
        image = image(PARTITION_EPOCH + 1);
        answer(failed(0, Errors.NOT_CONTROLLER));
        shard.advance(1_000);

        assertThat(requests).hasSize(1);
        assertThat(told).isEmpty();
    }
}
