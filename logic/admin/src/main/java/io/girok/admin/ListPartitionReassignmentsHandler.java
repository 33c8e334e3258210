package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;

/// ListPartitionReassignments (KIP-455): what is on its way, of the partitions asked for. Thread-safe.
final class ListPartitionReassignmentsHandler implements ApiHandler {
    private final ClusterView cluster;

    ListPartitionReassignmentsHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(Request request, Responder responder) {
        List<ListPartitionReassignmentsTopics> wanted = ((ListPartitionReassignmentsRequestData) request.body())
                .topics();
        MetadataImage image = cluster.image();
        ListPartitionReassignmentsResponseData answer = new ListPartitionReassignmentsResponseData();
        if (wanted == null) {
            image.topics()
                    .stream()
                    .sorted(Comparator.comparing(TopicImage::name))
                    .forEach(topic -> add(answer, topic, IntStream.range(0, topic.partitions().size())));
        } else {
            for (ListPartitionReassignmentsTopics named : wanted) {
                TopicImage topic = image.topic(named.name());
                // What does not exist is not on its way.
                if (topic != null) {
                    add(answer, topic, named.partitionIndexes()
                            .stream()
                            .mapToInt(index -> index)
                            .filter(index -> 0 <= index && index < topic.partitions().size()));
                }
            }
        }
        responder.respond(answer);
    }

    private static void add(ListPartitionReassignmentsResponseData answer, TopicImage topic, IntStream indexes) {
        List<OngoingPartitionReassignment> ongoing = indexes
                .filter(index -> topic.partitions().get(index).isReassigning())
                .mapToObj(index -> ongoing(index, topic.partitions().get(index)))
                .toList();
        if (!ongoing.isEmpty()) {
            answer.topics().add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(ongoing));
        }
    }

    private static OngoingPartitionReassignment ongoing(int index, PartitionImage partition) {
        return new OngoingPartitionReassignment().setPartitionIndex(index)
                .setReplicas(partition.replicas())
                .setAddingReplicas(partition.addingReplicas())
                .setRemovingReplicas(partition.removingReplicas());
    }
}
