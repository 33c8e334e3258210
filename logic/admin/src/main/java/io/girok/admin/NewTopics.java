package io.girok.admin;

import io.girok.membership.ControllerChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Asks the active controller, wherever it is, for topics that this node needs. Thread-safe.
final class NewTopics {
    /// Where nobody is authorized, this node looks like a client, and may be above its quota: before version 6 it is
    /// told to wait afterwards, and is not refused what its own clients need.
    private static final short VERSION = 5;
    private static final int TIMEOUT_MS = 10_000;

    private final ControllerChannel controller;

    NewTopics(ControllerChannel controller) {
        this.controller = controller;
    }

    /// Ends in what became of each topic; fails when the controller can't be asked.
    CompletableFuture<Map<String, Errors>> create(List<CreatableTopic> topics) {
        CreatableTopicCollection wanted = new CreatableTopicCollection(topics.size() + 1);
        wanted.addAll(topics);
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTopics(wanted).setTimeoutMs(TIMEOUT_MS);
        return controller.ask(ApiKeys.CREATE_TOPICS, VERSION, request, TIMEOUT_MS).thenApply(answer -> {
            Map<String, Errors> errors = new HashMap<>();
            ((CreateTopicsResponseData) answer).topics()
                    .forEach(topic -> errors.put(topic.name(), Errors.forCode(topic.errorCode())));
            return errors;
        });
    }
}
