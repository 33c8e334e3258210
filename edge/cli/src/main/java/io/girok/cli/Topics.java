package io.girok.cli;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// What commands ask the broker about topics. Stateless.
final class Topics {
    private Topics() {}

    /// The descriptions by name, sorted; a topic that is not there is a [Failure] that names it.
    static Map<String, TopicDescription> describe(Admin admin, Collection<String> names) {
        Map<String, KafkaFuture<TopicDescription>> answers = admin.describeTopics(names).topicNameValues();
        Map<String, TopicDescription> topics = new TreeMap<>();
        answers.forEach((name, answer) -> topics.put(name, existing(name, answer)));
        return topics;
    }

    /// The answer about one topic; a topic that is not there is a [Failure] that names it.
    static <T> T existing(String name, KafkaFuture<T> answer) {
        try {
            return Answers.of(answer);
        } catch (UnknownTopicOrPartitionException e) {
            throw Failure.of("topic '" + name + "' does not exist");
        } catch (InvalidTopicException e) {
            throw Failure.of("'" + name + "' can't be a topic's name: 1 to 249 of letters, digits, '.', '_' and '-'");
        }
    }

    static List<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions()
                .stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
    }

    /// The partitions that a text like `orders:0,2` selects.
    static List<TopicPartition> selected(Admin admin, String text) {
        TopicSelection selection = TopicSelection.parse(text);
        return selection
                .of(partitions(describe(admin, List.of(selection.topic())).values().iterator().next()));
    }

    /// The offset of each partition that `spec` asks for.
    static Map<TopicPartition, Long> offsets(Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> specs = partitions.stream()
                .collect(Collectors.toMap(Function.identity(), partition -> spec));
        Map<TopicPartition, Long> offsets = new TreeMap<>(PARTITION_ORDER);
        Map<TopicPartition, ListOffsetsResultInfo> answers = Answers.of(admin.listOffsets(specs).all());
        answers.forEach((partition, answer) -> offsets.put(partition, answer.offset()));
        return offsets;
    }

    static final java.util.Comparator<TopicPartition> PARTITION_ORDER = java.util.Comparator
            .comparing(TopicPartition::topic)
            .thenComparingInt(TopicPartition::partition);
}
