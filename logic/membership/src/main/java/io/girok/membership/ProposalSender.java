package io.girok.membership;

import io.girok.base.PartitionId;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.replication.InSyncProposals;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Brings the in-sync sets that leaders of this broker propose to the active controller: one request at a time, with
/// all that have come meanwhile. [#propose] is thread-safe; the rest is owned by the channel's shard.
public final class ProposalSender implements InSyncProposals {
    private static final short VERSION = 3;
    private static final long ANSWER_LIMIT_MS = 10_000;
    private static final long RETRY_MS = 50;
    private static final int MAX_IN_A_REQUEST = 5_000;

    private record Open(Proposal proposal, Answer answer) {}

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ControllerChannel channel;
    private final Supplier<MetadataImage> images;
    private final Function<PartitionId, Shard> homes;
    private final Map<PartitionId, Open> waiting = new LinkedHashMap<>();
    private boolean isUnderWay;

    /// @param homes the shard of each partition
    public ProposalSender(int brokerId, LongSupplier brokerEpoch, ControllerChannel channel,
            Supplier<MetadataImage> images, Function<PartitionId, Shard> homes) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.channel = channel;
        this.images = images;
        this.homes = homes;
    }

    @Override
    public void propose(Proposal proposal, Answer answer) {
        channel.shard().execute(() -> {
            waiting.put(proposal.partition(), new Open(proposal, answer));
            send();
        });
    }

    private void send() {
        waiting.values().removeIf(open -> isOutdated(open.proposal()));
        if (isUnderWay || waiting.isEmpty()) {
            return;
        }
        isUnderWay = true;
        List<Open> sent = waiting.values().stream().limit(MAX_IN_A_REQUEST).toList();
        sent.forEach(open -> waiting.remove(open.proposal().partition()));
        var _ = channel.ask(ApiKeys.ALTER_PARTITION, VERSION, request(sent), ANSWER_LIMIT_MS)
                .handle((answer, failure) -> {
                    channel.shard().execute(() -> answered(sent, failure == null ? answer : null));
                    return true;
                });
    }

    /// The leader hears, or has heard, of a later state through the metadata.
    private boolean isOutdated(Proposal proposal) {
        TopicImage topic = images.get().topic(proposal.partition().topic());
        if (topic == null || topic.partitions().size() <= proposal.partition().index()) {
            return true;
        }
        PartitionImage partition = topic.partitions().get(proposal.partition().index());
        return proposal.leaderEpoch() < partition.leaderEpoch()
                || proposal.partitionEpoch() < partition.partitionEpoch();
    }

    private AlterPartitionRequestData request(List<Open> sent) {
        Map<TopicId, AlterPartitionRequestData.TopicData> topics = new LinkedHashMap<>();
        for (Open open : sent) {
            Proposal proposal = open.proposal();
            List<BrokerState> isr = new ArrayList<>(proposal.isr().size());
            for (Member member : proposal.isr()) {
                isr.add(new BrokerState().setBrokerId(member.brokerId()).setBrokerEpoch(member.brokerEpoch()));
            }
            topics.computeIfAbsent(proposal.partition().topic(),
                    topic -> new AlterPartitionRequestData.TopicData().setTopicId(TopicUuids.of(topic)))
                    .partitions()
                    .add(new AlterPartitionRequestData.PartitionData().setPartitionIndex(proposal.partition().index())
                            .setLeaderEpoch(proposal.leaderEpoch())
                            .setPartitionEpoch(proposal.partitionEpoch())
                            .setNewIsrWithEpochs(isr));
        }
        return new AlterPartitionRequestData().setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch.getAsLong())
                .setTopics(List.copyOf(topics.values()));
    }

    private void answered(List<Open> sent, @Nullable ApiMessage answer) {
        isUnderWay = false;
        Map<PartitionId, PartitionData> answers = new LinkedHashMap<>();
        if (answer instanceof AlterPartitionResponseData altered && altered.errorCode() == Errors.NONE.code()) {
            for (AlterPartitionResponseData.TopicData topic : altered.topics()) {
                TopicId id = TopicUuids.of(topic.topicId());
                topic.partitions().forEach(data -> answers.put(new PartitionId(id, data.partitionIndex()), data));
            }
        }
        boolean isRetried = false;
        for (Open open : sent) {
            PartitionData data = answers.get(open.proposal().partition());
            if (data == null || isPassing(Errors.forCode(data.errorCode()))) {
                isRetried |= waiting.putIfAbsent(open.proposal().partition(), open) == null;
            } else {
                homes.apply(open.proposal().partition()).execute(() -> tell(open.answer(), data));
            }
        }
        if (isRetried) {
            var _ = channel.shard().schedule(RETRY_MS, this::send);
        } else {
            send();
        }
    }

    /// Whether nothing was decided. An error that nobody expects is taken for one that passes: an open proposal without
    /// an answer would keep the partition from ever changing again.
    private static boolean isPassing(Errors error) {
        return switch (error) {
            case NONE, INELIGIBLE_REPLICA, INVALID_REQUEST, FENCED_LEADER_EPOCH, INVALID_UPDATE_VERSION,
                    UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION ->
                false;
            default -> true;
        };
    }

    private static void tell(Answer answer, PartitionData data) {
        switch (Errors.forCode(data.errorCode())) {
            case NONE -> answer.onAccepted(data.leaderEpoch(), data.partitionEpoch(), data.isr());
            // The controller looks at the epochs first, so nothing has changed.
            case INELIGIBLE_REPLICA, INVALID_REQUEST -> answer.onRefused();
            default -> {
                // The partition is in another state, of which the metadata tell.
            }
        }
    }
}
