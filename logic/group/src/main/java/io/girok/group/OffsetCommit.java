package io.girok.group;

import io.girok.base.TopicId;
import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import io.girok.wire.TopicUuids;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A consumer says how far it has come. Immutable.
///
/// @param request of topics that exist, each with its name and its id
record OffsetCommit(OffsetCommitRequestData request) implements Command<GroupState, OffsetCommitResponseData> {
    @Override
    public Decision handle(GroupState state, Reply<OffsetCommitResponseData> reply) {
        ClassicGroup group = state.group(request.groupId());
        Errors error = check(group);
        if (error != Errors.NONE) {
            return Decision.answered(reply, refused(request, error));
        }
        Member member = group == null ? null : group.member(request.memberId());
        if (group != null && member != null) {
            Sessions.expect(state, group, member, member.sessionTimeoutMs);
        }
        Decision decision = Decision.create();
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        long nowMs = state.clock().wallMs();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic topicAnswer = answerTo(topic);
            answer.topics().add(topicAnswer);
            for (OffsetCommitRequestPartition each : topic.partitions()) {
                Errors refusal = commit(state, topic, each, nowMs, decision);
                topicAnswer.partitions().add(answerTo(each, refusal));
            }
        }
        return decision.answer(reply, answer);
    }

    private Errors commit(GroupState state, OffsetCommitRequestTopic topic, OffsetCommitRequestPartition partition,
            long nowMs, Decision decision) {
        String metadata = partition.committedMetadata() == null ? "" : partition.committedMetadata();
        if (Math.min(state.settings().offsetMetadataMaxBytes(), Requests.MAX_NAME_CHARS) < metadata.length()) {
            return Errors.OFFSET_METADATA_TOO_LARGE;
        }
        long expireTimestampMs = request.retentionTimeMs() < 0 ? OffsetValue.NEVER : nowMs + request.retentionTimeMs();
        TopicId topicId = TopicUuids.of(topic.topicId());
        decision.record(
                GroupRecordCodec.offset(
                        new OffsetKey(request.groupId(), topic.name(), partition.partitionIndex()),
                        new OffsetValue(partition.committedOffset(), partition.committedLeaderEpoch(), metadata, nowMs,
                                expireTimestampMs, topicId)));
        return Errors.NONE;
    }

    private Errors check(@Nullable ClassicGroup group) {
        boolean claimsMembership = 0 <= request.generationIdOrMemberEpoch();
        if (group == null) {
            return claimsMembership ? Errors.ILLEGAL_GENERATION : Errors.NONE;
        }
        if (!claimsMembership && group.phase() == GroupPhase.EMPTY) {
            // A consumer that assigns itself its partitions, or an operator who resets the group.
            return Errors.NONE;
        }
        if (!claimsMembership && request.memberId().isEmpty() && request.groupInstanceId() == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = group.check(request.memberId(), request.groupInstanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (request.generationIdOrMemberEpoch() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        return switch (group.phase()) {
            case EMPTY, PREPARING_REBALANCE, STABLE -> Errors.NONE;
            // The generation is new and its assignment unknown: the offsets belong to the one before.
            case COMPLETING_REBALANCE -> Errors.REBALANCE_IN_PROGRESS;
        };
    }

    /// The answer in which nothing was committed.
    static OffsetCommitResponseData refused(OffsetCommitRequestData request, Errors error) {
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic topicAnswer = answerTo(topic);
            topic.partitions().forEach(each -> topicAnswer.partitions().add(answerTo(each, error)));
            answer.topics().add(topicAnswer);
        }
        return answer;
    }

    private static OffsetCommitResponseTopic answerTo(OffsetCommitRequestTopic topic) {
        return new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
    }

    private static OffsetCommitResponsePartition answerTo(OffsetCommitRequestPartition partition, Errors error) {
        return new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex())
                .setErrorCode(error.code());
    }
}
