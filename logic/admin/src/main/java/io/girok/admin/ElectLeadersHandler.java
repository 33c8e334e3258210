package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.base.PartitionName;
import io.girok.broker.ApiHandler;
import io.girok.controller.ActiveController;
import io.girok.controller.ElectLeaders;
import io.girok.controller.Result;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// ElectLeaders: a command to the controller. Thread-safe.
final class ElectLeadersHandler implements ApiHandler {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;
    /// Before, each partition has one only.
    private static final short FIRST_WITH_ERROR = 1;

    private final ActiveController controller;

    ElectLeadersHandler(ActiveController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ElectLeadersRequestData body = (ElectLeadersRequestData) request.body();
        // Version 0 has preferred elections only, and no field for the kind.
        if (body.electionType() != PREFERRED && body.electionType() != UNCLEAN) {
            responder.respond(new ElectLeadersResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        ElectLeaders.Kind kind = body.electionType() == UNCLEAN
                ? ElectLeaders.Kind.UNCLEAN
                : ElectLeaders.Kind.PREFERRED;
        List<PartitionName> wanted = named(body.topicPartitions());
        var _ = controller.submit(new ElectLeaders(kind, wanted)).handle((results, failure) -> {
            responder.respond(failure == null
                    ? answer(told(results))
                    : failed(wanted, ControllerAnswers.of(failure), request.version()));
            return true;
        });
    }

    private static @Nullable List<PartitionName> named(@Nullable TopicPartitionsCollection topics) {
        if (topics == null) {
            return null;
        }
        List<PartitionName> all = new ArrayList<>();
        for (TopicPartitions topic : topics) {
            topic.partitions().forEach(index -> all.add(new PartitionName(topic.topic(), index)));
        }
        return all;
    }

    private static Map<PartitionName, Told> told(
            Map<PartitionName, Result<Integer>> results) {
        Map<PartitionName, Told> told = new LinkedHashMap<>();
        results.forEach((partition, result) -> told.put(partition, ControllerAnswers.of(result)));
        return told;
    }

    private static ElectLeadersResponseData failed(@Nullable List<PartitionName> wanted, Told why, short version) {
        if (FIRST_WITH_ERROR <= version) {
            return new ElectLeadersResponseData().setErrorCode(why.error().code());
        }
        Map<PartitionName, Told> told = new LinkedHashMap<>();
        if (wanted != null) {
            wanted.forEach(partition -> told.put(partition, why));
        }
        return answer(told);
    }

    private static ElectLeadersResponseData answer(Map<PartitionName, Told> told) {
        Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
        told.forEach((partition, outcome) -> topics
                .computeIfAbsent(partition.topic(), topic -> new ReplicaElectionResult().setTopic(topic))
                .partitionResult()
                .add(new PartitionResult().setPartitionId(partition.index())
                        .setErrorCode(outcome.error().code())
                        .setErrorMessage(outcome.message())));
        return new ElectLeadersResponseData().setReplicaElectionResults(List.copyOf(topics.values()));
    }
}
