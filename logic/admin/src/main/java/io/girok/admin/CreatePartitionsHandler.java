package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.controller.CreatePartitions;
import io.girok.controller.CreatePartitions.Growth;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// CreatePartitions: a command to the controller. Thread-safe.
final class CreatePartitionsHandler implements ApiHandler {
    private final TopicCommands commands;
    private final Access access;

    CreatePartitionsHandler(TopicCommands commands, Access access) {
        this.access = access;
        this.commands = commands;
    }

    @Override
    public void handle(Request request, Responder responder) {
        CreatePartitionsRequestData body = (CreatePartitionsRequestData) request.body();
        Permissions permissions = access.of(request);
        List<Growth> wanted = new ArrayList<>();
        CreatePartitionsResponseData answer = new CreatePartitionsResponseData();
        for (CreatePartitionsTopic topic : body.topics()) {
            if (permissions.mayOnTopic(AclOperation.ALTER, topic.name())) {
                wanted.add(growth(topic));
            } else {
                answer.results().add(told(topic.name(), Told.of(Errors.TOPIC_AUTHORIZATION_FAILED)));
            }
        }
        if (wanted.isEmpty()) {
            responder.respond(answer);
            return;
        }
        var _ = commands.submit(new CreatePartitions(wanted, body.validateOnly())).handle((results, failure) -> {
            if (failure == null) {
                results.forEach((name, result) -> answer.results().add(told(name, ControllerAnswers.of(result))));
            } else {
                Told told = ControllerAnswers.of(failure);
                wanted.stream().map(Growth::topic).distinct().forEach(name -> answer.results().add(told(name, told)));
            }
            responder.respond(answer);
            return true;
        });
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
