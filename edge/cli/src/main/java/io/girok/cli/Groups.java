package io.girok.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/// What commands ask the broker about groups. Stateless.
final class Groups {
    private Groups() {}

    /// The group's description; a group that is not there is a [Failure] that names it.
    static ConsumerGroupDescription describe(Admin admin, String group) {
        ConsumerGroupDescription description;
        try {
            description = Answers.of(admin.describeConsumerGroups(List.of(group)).all()).get(group);
        } catch (GroupIdNotFoundException e) {
            throw missing(group);
        }
        if (description == null || description.groupState() == GroupState.DEAD) {
            throw missing(group);
        }
        return description;
    }

    /// What the group has committed.
    static Map<TopicPartition, Long> committed(Admin admin, String group) {
        Map<TopicPartition, @Nullable OffsetAndMetadata> answers = new TreeMap<>(Topics.PARTITION_ORDER);
        try {
            answers.putAll(Answers.of(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        } catch (GroupIdNotFoundException e) {
            return new TreeMap<>(Topics.PARTITION_ORDER);
        }
        Map<TopicPartition, Long> offsets = new TreeMap<>(Topics.PARTITION_ORDER);
        answers.forEach((partition, answer) -> {
            if (answer != null) {
                offsets.put(partition, answer.offset());
            }
        });
        return offsets;
    }

    static Failure missing(String group) {
        return Failure.of("group '" + group + "' does not exist");
    }
}
