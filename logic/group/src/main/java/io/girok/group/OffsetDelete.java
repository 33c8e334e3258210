package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.Set;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/// An operator makes a group forget where it was in some partitions (KIP-496). Immutable.
///
/// @param request of topics that exist
record OffsetDelete(OffsetDeleteRequestData request) implements Command<GroupState, OffsetDeleteResponseData> {
    @Override
    public Decision handle(GroupState state, Reply<OffsetDeleteResponseData> reply) {
        ClassicGroup group = state.group(request.groupId());
        if (group == null) {
            return refused(reply, Errors.GROUP_ID_NOT_FOUND);
        }
        boolean isEmpty = group.phase() == GroupPhase.EMPTY;
        if (!isEmpty && !group.protocolType().equals(Subscriptions.CONSUMER)) {
            return refused(reply, Errors.NON_EMPTY_GROUP);
        }
        Decision decision = Decision.create().splittable();
        OffsetDeleteResponseData answer = new OffsetDeleteResponseData();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            // Members whose subscription can't be read may read any topic.
            boolean isRead = !isEmpty && group.subscribedTopics().map(topics -> isIn(topics, topic)).orElse(true);
            Errors error = isRead ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
            OffsetDeleteResponseTopic topicAnswer = new OffsetDeleteResponseTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition each : topic.partitions()) {
                OffsetKey key = new OffsetKey(group.id(), topic.name(), each.partitionIndex());
                if (!isRead && state.offsets().get(key.group(), key.topic(), key.partition()) != null) {
                    decision.record(GroupRecordCodec.offsetTombstone(key));
                }
                topicAnswer.partitions()
                        .add(
                                new OffsetDeleteResponsePartition().setPartitionIndex(each.partitionIndex())
                                        .setErrorCode(error.code()));
            }
            answer.topics().add(topicAnswer);
        }
        return decision.answer(reply, answer);
    }

    private static boolean isIn(Set<String> topics, OffsetDeleteRequestTopic topic) {
        return topics.contains(topic.name());
    }

    private static Decision refused(Reply<OffsetDeleteResponseData> reply, Errors error) {
        return Decision.answered(reply, new OffsetDeleteResponseData().setErrorCode(error.code()));
    }
}
