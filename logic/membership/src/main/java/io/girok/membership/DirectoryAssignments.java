package io.girok.membership;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.controller.ActiveController;
import io.girok.controller.AssignDirectories;
import io.girok.controller.Result;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

/// AssignReplicasToDirs (KIP-858): brokers say in which log directory they have their replicas, so that the controller
/// knows what is lost with one. Immutable.
final class DirectoryAssignments {
    private final ActiveController controller;

    DirectoryAssignments(ActiveController controller) {
        this.controller = controller;
    }

    void handle(Request request, Responder responder) {
        AssignReplicasToDirsRequestData body = (AssignReplicasToDirsRequestData) request.body();
        Map<PartitionId, TopicId> directories = new LinkedHashMap<>();
        body.directories()
                .forEach(directory -> directory.topics()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition -> directories.put(
                                        new PartitionId(TopicUuids.of(topic.topicId()), partition.partitionIndex()),
                                        TopicUuids.of(directory.id())))));
        AssignDirectories command = new AssignDirectories(body.brokerId(), body.brokerEpoch(), directories);
        var _ = controller.submit(command).handle((results, failure) -> {
            Errors error = ControllerErrors.of(results, failure);
            responder.respond(error == Errors.NONE
                    ? answer(body, results.get())
                    : new AssignReplicasToDirsResponseData().setErrorCode(error.code()));
            return true;
        });
    }

    /// As the question was put.
    private static AssignReplicasToDirsResponseData answer(AssignReplicasToDirsRequestData asked,
            Map<PartitionId, Result<TopicId>> results) {
        AssignReplicasToDirsResponseData answer = new AssignReplicasToDirsResponseData();
        for (AssignReplicasToDirsRequestData.DirectoryData directory : asked.directories()) {
            var answeredDirectory = new AssignReplicasToDirsResponseData.DirectoryData().setId(directory.id());
            answer.directories().add(answeredDirectory);
            for (AssignReplicasToDirsRequestData.TopicData topic : directory.topics()) {
                var answeredTopic = new AssignReplicasToDirsResponseData.TopicData().setTopicId(topic.topicId());
                answeredDirectory.topics().add(answeredTopic);
                for (AssignReplicasToDirsRequestData.PartitionData partition : topic.partitions()) {
                    Result<TopicId> result = results
                            .get(new PartitionId(TopicUuids.of(topic.topicId()), partition.partitionIndex()));
                    answeredTopic.partitions()
                            .add(new AssignReplicasToDirsResponseData.PartitionData()
                                    .setPartitionIndex(partition.partitionIndex())
                                    .setErrorCode(ControllerErrors.of(result, null).code()));
                }
            }
        }
        return answer;
    }
}
