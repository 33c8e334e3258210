package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.Map;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Somebody wants to know how far a group has come. Immutable.
///
/// @param request in the shape of version 8 and up, topics by name; null topics mean all that have offsets
record OffsetFetch(OffsetFetchRequestGroup request) implements Command<GroupState, OffsetFetchResponseGroup> {
    private static final long NO_OFFSET = -1;

    @Override
    public Decision handle(GroupState state, Reply<OffsetFetchResponseGroup> reply) {
        OffsetFetchResponseGroup answer = new OffsetFetchResponseGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            state.offsets().topics(request.groupId()).forEach((topic, offsets) -> {
                OffsetFetchResponseTopics topicAnswer = new OffsetFetchResponseTopics().setName(topic);
                offsets.forEach((partition, value) -> topicAnswer.partitions().add(partition(partition, value)));
                answer.topics().add(topicAnswer);
            });
        } else {
            for (OffsetFetchRequestTopics topic : request.topics()) {
                answer.topics().add(topic(state, topic));
            }
        }
        return Decision.answered(reply, answer);
    }

    private OffsetFetchResponseTopics topic(GroupState state, OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setName(topic.name())
                .setTopicId(topic.topicId());
        Map<Integer, OffsetValue> offsets = state.offsets().topics(request.groupId()).get(topic.name());
        for (int partition : topic.partitionIndexes()) {
            answer.partitions().add(partition(partition, offsets == null ? null : offsets.get(partition)));
        }
        return answer;
    }

    private static OffsetFetchResponsePartitions partition(int partition, @Nullable OffsetValue value) {
        OffsetFetchResponsePartitions answer = new OffsetFetchResponsePartitions().setPartitionIndex(partition)
                .setErrorCode(Errors.NONE.code());
        if (value == null) {
            return answer.setCommittedOffset(NO_OFFSET).setCommittedLeaderEpoch(-1).setMetadata("");
        }
        return answer.setCommittedOffset(value.offset())
                .setCommittedLeaderEpoch(value.leaderEpoch())
                .setMetadata(value.metadata());
    }

    /// The answer that gives no offset.
    static OffsetFetchResponseGroup refused(OffsetFetchRequestGroup request, Errors error) {
        return new OffsetFetchResponseGroup().setGroupId(request.groupId()).setErrorCode(error.code());
    }
}
