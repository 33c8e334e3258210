package io.girok.broker.admin;

import io.girok.broker.admin.ControllerAnswers.Told;
import io.girok.controller.ActiveController;
import io.girok.controller.CreatePartitions;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.CreatedTopic;
import io.girok.controller.DeleteTopics;
import io.girok.controller.DeleteTopics.DeletedTopic;
import io.girok.controller.Result;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.EffectiveSettings.Origin;
import io.girok.metadata.setting.EffectiveSettings.Source;
import io.girok.metadata.setting.TopicSetting;
import io.girok.metadata.setting.TopicSettings;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// CreateTopics, DeleteTopics and CreatePartitions: commands to the controller and back. Thread-safe.
final class TopicHandlers {
    private static final short FIRST_WITH_TOPIC_STATES = 6;
    private static final short NOT_CREATED = -1;

    private final ClusterView cluster;
    private final EffectiveSettings settings;
    private final ActiveController controller;

    TopicHandlers(ClusterView cluster, EffectiveSettings settings, ActiveController controller) {
        this.cluster = cluster;
        this.settings = settings;
        this.controller = controller;
    }

    void create(Request request, Responder responder) {
        CreateTopicsRequestData body = (CreateTopicsRequestData) request.body();
        List<CreateTopics.NewTopic> wanted = new ArrayList<>();
        for (CreatableTopic topic : body.topics()) {
            Map<String, String> config = new HashMap<>();
            topic.configs().forEach(entry -> config.put(entry.name(), Objects.requireNonNullElse(entry.value(), "")));
            List<CreateTopics.Assignment> assignments = topic.assignments()
                    .stream()
                    .map(entry -> new CreateTopics.Assignment(entry.partitionIndex(), entry.brokerIds()))
                    .toList();
            wanted.add(
                    new CreateTopics.NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(),
                            assignments, config));
        }
        var _ = controller.submit(new CreateTopics(wanted, body.validateOnly())).handle((results, failure) -> {
            CreatableTopicResultCollection answers = new CreatableTopicResultCollection(wanted.size() + 1);
            if (failure == null) {
                results.forEach((name, result) -> answers.add(created(name, result, configOf(wanted, name))));
            } else {
                Told told = ControllerAnswers.of(failure);
                wanted.stream()
                        .map(CreateTopics.NewTopic::name)
                        .distinct()
                        .forEach(
                                name -> answers.add(
                                        new CreatableTopicResult().setName(name)
                                                .setErrorCode(told.error().code())
                                                .setErrorMessage(told.message())));
            }
            responder.respond(new CreateTopicsResponseData().setTopics(answers));
            return true;
        });
    }

    private static Map<String, String> configOf(List<CreateTopics.NewTopic> wanted, String name) {
        return wanted.stream().filter(topic -> topic.name().equals(name)).findFirst().orElseThrow().config();
    }

    private CreatableTopicResult created(String name, Result<CreatedTopic> result, Map<String, String> config) {
        Told told = ControllerAnswers.of(result);
        CreatableTopicResult answer = new CreatableTopicResult().setName(name)
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
        if (!result.isOk()) {
            return answer.setNumPartitions(NOT_CREATED).setReplicationFactor(NOT_CREATED).setConfigs(List.of());
        }
        CreatedTopic topic = result.get();
        return answer.setTopicId(ClusterView.uuid(topic.id()))
                .setNumPartitions(topic.partitionCount())
                .setReplicationFactor((short) topic.replicationFactor())
                .setConfigs(describe(name, config));
    }

    private List<CreatableTopicConfigs> describe(String topic, Map<String, String> own) {
        MetadataImage image = cluster.image();
        List<CreatableTopicConfigs> described = new ArrayList<>();
        for (TopicSetting<?> setting : TopicSettings.all()) {
            String value = own.get(setting.name());
            Origin origin = value == null
                    ? settings.topicOrigins(image, topic, setting).getFirst()
                    : new Origin(setting.name(), value, Source.TOPIC);
            described.add(
                    new CreatableTopicConfigs().setName(setting.name())
                            .setValue(origin.text())
                            .setConfigSource(ConfigCodes.of(origin.source())));
        }
        return described;
    }

    void delete(Request request, Responder responder) {
        DeleteTopicsRequestData body = (DeleteTopicsRequestData) request.body();
        List<DeleteTopicState> wanted = request.version() < FIRST_WITH_TOPIC_STATES
                ? body.topicNames().stream().map(name -> new DeleteTopicState().setName(name)).toList()
                : body.topics();
        List<DeleteTopics.TopicReference> references = wanted.stream().map(TopicHandlers::reference).toList();
        var _ = controller.submit(new DeleteTopics(references)).handle((results, failure) -> {
            DeletableTopicResultCollection answers = new DeletableTopicResultCollection(wanted.size() + 1);
            for (int i = 0; i < wanted.size(); i++) {
                answers.add(deleted(wanted.get(i), failure == null ? results.get(i) : null, failure));
            }
            responder.respond(new DeleteTopicsResponseData().setResponses(answers));
            return true;
        });
    }

    private static DeleteTopics.TopicReference reference(DeleteTopicState topic) {
        return topic.name() == null
                ? new DeleteTopics.ById(ClusterView.topicId(topic.topicId()))
                : new DeleteTopics.ByName(topic.name());
    }

    private static DeletableTopicResult deleted(DeleteTopicState topic, @Nullable Result<DeletedTopic> result,
            @Nullable Throwable failure) {
        DeletableTopicResult answer = new DeletableTopicResult().setName(topic.name()).setTopicId(topic.topicId());
        if (result != null && result.isOk()) {
            return answer.setName(result.get().name()).setTopicId(ClusterView.uuid(result.get().id()));
        }
        Told told = result != null
                ? ControllerAnswers.of(result)
                : ControllerAnswers.of(Objects.requireNonNull(failure));
        if (topic.name() != null) {
            answer.setTopicId(Uuid.ZERO_UUID);
        }
        return answer.setErrorCode(told.error().code()).setErrorMessage(told.message());
    }

    void addPartitions(Request request, Responder responder) {
        CreatePartitionsRequestData body = (CreatePartitionsRequestData) request.body();
        List<CreatePartitions.Growth> wanted = new ArrayList<>();
        for (CreatePartitionsTopic topic : body.topics()) {
            List<List<Integer>> assignments = topic.assignments() == null
                    ? List.of()
                    : topic.assignments().stream().map(CreatePartitionsAssignment::brokerIds).toList();
            wanted.add(new CreatePartitions.Growth(topic.name(), topic.count(), assignments));
        }
        var _ = controller.submit(new CreatePartitions(wanted, body.validateOnly())).handle((results, failure) -> {
            CreatePartitionsResponseData answer = new CreatePartitionsResponseData();
            if (failure == null) {
                results.forEach((name, result) -> answer.results().add(grown(name, ControllerAnswers.of(result))));
            } else {
                Told told = ControllerAnswers.of(failure);
                wanted.stream()
                        .map(CreatePartitions.Growth::topic)
                        .distinct()
                        .forEach(name -> answer.results().add(grown(name, told)));
            }
            responder.respond(answer);
            return true;
        });
    }

    private static CreatePartitionsTopicResult grown(String name, Told told) {
        return new CreatePartitionsTopicResult().setName(name)
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
    }

    /// Topics that clients ask for before anybody created them.
    TopicCreation onDemand() {
        return names -> {
            List<CreateTopics.NewTopic> wanted = names.stream()
                    .map(name -> CreateTopics.NewTopic.of(name, CreateTopics.DEFAULT, CreateTopics.DEFAULT))
                    .toList();
            return controller.submit(new CreateTopics(wanted, false)).handle((results, failure) -> {
                Map<String, Errors> errors = new HashMap<>();
                for (String name : names) {
                    Told told = failure == null
                            ? ControllerAnswers.of(Objects.requireNonNull(results.get(name)))
                            : ControllerAnswers.of(failure);
                    if (told.error() != Errors.NONE) {
                        errors.put(name, onDemandError(told.error()));
                    }
                }
                return errors;
            });
        };
    }

    /// What a client that only wanted to know about the topic makes sense of.
    private static Errors onDemandError(Errors error) {
        return switch (error) {
            case INVALID_TOPIC_EXCEPTION, INVALID_REPLICATION_FACTOR, POLICY_VIOLATION -> error;
            default -> Errors.LEADER_NOT_AVAILABLE;
        };
    }
}
