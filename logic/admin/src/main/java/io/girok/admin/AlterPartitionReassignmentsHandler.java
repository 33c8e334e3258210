package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.base.PartitionName;
import io.girok.broker.ApiHandler;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterReassignments;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.controller.Result;
import io.girok.metadata.PartitionImage;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;

/// AlterPartitionReassignments (KIP-455): a command to the controller. Thread-safe.
final class AlterPartitionReassignmentsHandler implements ApiHandler {
    private final ActiveController controller;

    AlterPartitionReassignmentsHandler(ActiveController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request, Responder responder) {
        AlterPartitionReassignmentsRequestData body = (AlterPartitionReassignmentsRequestData) request.body();
        List<Reassignment> wanted = new ArrayList<>();
        for (ReassignableTopic topic : body.topics()) {
            topic.partitions()
                    .forEach(partition -> wanted.add(new Reassignment(
                            new PartitionName(topic.name(), partition.partitionIndex()), partition.replicas())));
        }
        // Version 0 has no field for it: the default is yes.
        boolean mayChangeFactor = body.allowReplicationFactorChange();
        var _ = controller.submit(new AlterReassignments(wanted, mayChangeFactor)).handle((results, failure) -> {
            responder.respond((failure == null ? answer(results) : failed(ControllerAnswers.of(failure)))
                    .setAllowReplicationFactorChange(mayChangeFactor));
            return true;
        });
    }

    private static AlterPartitionReassignmentsResponseData failed(Told why) {
        return new AlterPartitionReassignmentsResponseData().setErrorCode(why.error().code())
                .setErrorMessage(why.message());
    }

    private static AlterPartitionReassignmentsResponseData answer(Map<PartitionName, Result<PartitionImage>> results) {
        Map<String, ReassignableTopicResponse> topics = new LinkedHashMap<>();
        results.forEach((partition, result) -> {
            Told told = ControllerAnswers.of(result);
            topics.computeIfAbsent(partition.topic(), topic -> new ReassignableTopicResponse().setName(topic))
                    .partitions()
                    .add(new ReassignablePartitionResponse().setPartitionIndex(partition.index())
                            .setErrorCode(told.error().code())
                            .setErrorMessage(told.message()));
        });
        return new AlterPartitionReassignmentsResponseData().setResponses(List.copyOf(topics.values()));
    }
}
