package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.broker.quota.PartitionMutations;
import io.girok.controller.CreatePartitions;
import io.girok.controller.CreatePartitions.Growth;
import io.girok.controller.Result;
import io.girok.metadata.TopicImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// CreatePartitions: a command to the controller. Thread-safe.
final class CreatePartitionsHandler implements ApiHandler {
    private static final short FIRST_WITH_QUOTA_ERROR = 3;

    private final ClusterView cluster;
    private final TopicCommands commands;
    private final Access access;
    private final PartitionMutations mutations;

    CreatePartitionsHandler(ClusterView cluster, TopicCommands commands, Access access, PartitionMutations mutations) {
        this.cluster = cluster;
        this.access = access;
        this.mutations = mutations;
        this.commands = commands;
    }

    @Override
    public void handle(Request request, Responder responder) {
        CreatePartitionsRequestData body = (CreatePartitionsRequestData) request.body();
        Permissions permissions = access.of(request);
        PartitionMutations.Charge charge = mutations.of(request, FIRST_WITH_QUOTA_ERROR, permissions);
        Map<String, Integer> before = new HashMap<>();
        List<Growth> wanted = new ArrayList<>();
        CreatePartitionsResponseData answer = new CreatePartitionsResponseData();
        for (CreatePartitionsTopic topic : body.topics()) {
            int present = partitionsOf(topic.name());
            if (!permissions.mayOnTopic(AclOperation.ALTER, topic.name())) {
                answer.results().add(told(topic.name(), Told.of(Errors.TOPIC_AUTHORIZATION_FAILED)));
            } else if (charge.admits((long) topic.count() - present)) {
                before.put(topic.name(), present);
                wanted.add(growth(topic));
            } else {
                answer.results().add(told(topic.name(), ControllerAnswers.aboveQuota()));
            }
        }
        if (wanted.isEmpty()) {
            responder.respond(answer.setThrottleTimeMs(charge.made(0)));
            return;
        }
        var _ = commands.submit(new CreatePartitions(wanted, body.validateOnly())).handle((results, failure) -> {
            if (failure == null) {
                results.forEach((name, result) -> answer.results().add(told(name, ControllerAnswers.of(result))));
            } else {
                Told told = ControllerAnswers.of(failure);
                wanted.stream().map(Growth::topic).distinct().forEach(name -> answer.results().add(told(name, told)));
            }
            responder.respond(answer.setThrottleTimeMs(
                    charge.made(failure == null && !body.validateOnly() ? growth(before, results) : 0)));
            return true;
        });
    }

    private int partitionsOf(String name) {
        TopicImage known = cluster.image().topic(name);
        return known == null ? 0 : known.partitions().size();
    }

    private static int growth(Map<String, Integer> before, Map<String, Result<Integer>> results) {
        return results.entrySet()
                .stream()
                .filter(entry -> entry.getValue().isOk())
                .mapToInt(entry -> entry.getValue().get() - before.getOrDefault(entry.getKey(), 0))
                .sum();
    }

    private static Growth growth(CreatePartitionsTopic topic) {
        List<CreatePartitionsAssignment> assignments = topic.assignments();
        return new Growth(topic.name(), topic.count(),
                assignments == null
                        ? List.of()
                        : assignments.stream().map(CreatePartitionsAssignment::brokerIds).toList());
    }

    private static CreatePartitionsTopicResult told(String name, Told told) {
        return new CreatePartitionsTopicResult().setName(name)
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
    }
}
