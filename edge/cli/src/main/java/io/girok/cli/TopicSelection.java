package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/// A topic, or some of its partitions, as in `orders` or `orders:0,2`. Immutable.
///
/// @param partitions empty for all
record TopicSelection(String topic, List<Integer> partitions) {
    static TopicSelection parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new TopicSelection(text, List.of());
        }
        List<Integer> partitions = new ArrayList<>();
        for (String partition : text.substring(colon + 1).split(",", -1)) {
            try {
                partitions.add(Integer.parseUnsignedInt(partition.strip()));
            } catch (NumberFormatException e) {
                throw Failure.usage("'" + text + "' is not NAME or NAME:PARTITION,PARTITION,...");
            }
        }
        return new TopicSelection(text.substring(0, colon), partitions);
    }

    /// Those of `all` that are selected; one that is not there is a [Failure].
    List<TopicPartition> of(List<TopicPartition> all) {
        if (partitions.isEmpty()) {
            return all;
        }
        List<TopicPartition> selected = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .toList();
        for (TopicPartition partition : selected) {
            if (!all.contains(partition)) {
                throw Failure.of("topic '" + topic + "' has no partition " + partition.partition());
            }
        }
        return selected;
    }
}
