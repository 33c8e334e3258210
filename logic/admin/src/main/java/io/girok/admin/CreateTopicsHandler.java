package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.broker.quota.PartitionMutations;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.CreatedTopic;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.Result;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.EffectiveSettings.Origin;
import io.girok.metadata.setting.EffectiveSettings.Source;
import io.girok.metadata.setting.TopicSetting;
import io.girok.metadata.setting.TopicSettings;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;

/// CreateTopics: a command to the controller, and each topic as it was created. Thread-safe.
///
/// The answer comes when the topics are in this broker's image and served. The time-out of the request is not looked
/// at: the metadata log's own deadline is what ends the wait.
final class CreateTopicsHandler implements ApiHandler {
    private static final short FIRST_WITH_QUOTA_ERROR = 6;

    private final ClusterView cluster;
    private final EffectiveSettings settings;
    private final TopicCommands commands;
    private final Access access;
    private final PartitionMutations mutations;

    CreateTopicsHandler(ClusterView cluster, EffectiveSettings settings, TopicCommands commands, Access access,
            PartitionMutations mutations) {
        this.access = access;
        this.mutations = mutations;
        this.cluster = cluster;
        this.settings = settings;
        this.commands = commands;
    }

    @Override
    public void handle(Request request, Responder responder) {
        CreateTopicsRequestData body = (CreateTopicsRequestData) request.body();
        Permissions permissions = access.of(request);
        Map<String, Told> refused = refused(body, permissions);
        PartitionMutations.Charge charge = mutations.of(request, FIRST_WITH_QUOTA_ERROR, permissions);
        List<NewTopic> wanted = new ArrayList<>();
        for (CreatableTopic topic : body.topics()) {
            if (refused.containsKey(topic.name())) {
                continue;
            }
            if (charge.admits(partitionsToCreate(topic))) {
                wanted.add(newTopic(topic));
            } else {
                refused.put(topic.name(), ControllerAnswers.aboveQuota());
            }
        }
        // The controller has better to do than what strangers may not.
        CompletableFuture<Map<String, Result<CreatedTopic>>> created = wanted.isEmpty()
                ? CompletableFuture.completedFuture(Map.of())
                : commands.submit(new CreateTopics(wanted, body.validateOnly()));
        var _ = created.handle((results, failure) -> {
            CreatableTopicResultCollection answers = new CreatableTopicResultCollection(body.topics().size() + 1);
            refused.forEach((name, told) -> answers.add(failed(name, told)));
            if (failure == null) {
                addResults(answers, wanted, results, permissions);
            } else {
                Told told = ControllerAnswers.of(failure);
                wanted.stream().map(NewTopic::name).distinct().forEach(name -> answers.add(failed(name, told)));
            }
            responder.respond(new CreateTopicsResponseData().setTopics(answers)
                    .setThrottleTimeMs(
                            charge.made(failure == null && !body.validateOnly() ? partitionsIn(results.values()) : 0)));
            return true;
        });
    }

    private static int partitionsIn(Collection<Result<CreatedTopic>> results) {
        return results.stream().filter(Result::isOk).mapToInt(result -> result.get().partitionCount()).sum();
    }

    /// None where the topic is there already.
    private int partitionsToCreate(CreatableTopic topic) {
        if (cluster.image().topic(topic.name()) != null) {
            return 0;
        }
        if (!topic.assignments().isEmpty()) {
            return topic.assignments().size();
        }
        return topic.numPartitions() == CreateTopics.DEFAULT
                ? settings.given().get(BrokerSettings.NUM_PARTITIONS)
                : topic.numPartitions();
    }

    /// What the controller has no words for.
    private static Map<String, Told> refused(CreateTopicsRequestData body, Permissions permissions) {
        Map<String, Told> refused = new LinkedHashMap<>();
        boolean mayCreateAll = permissions.mayQuietlyOnCluster(AclOperation.CREATE);
        for (CreatableTopic topic : body.topics()) {
            if (!mayCreateAll && !permissions.mayOnTopic(AclOperation.CREATE, topic.name())) {
                refused.put(topic.name(), Told.of(Errors.TOPIC_AUTHORIZATION_FAILED));
                continue;
            }
            for (CreatableTopicConfig config : topic.configs()) {
                if (config.value() == null) {
                    refused.put(topic.name(), new Told(Errors.INVALID_CONFIG,
                            "setting '" + config.name() + "' is given without a value"));
                }
            }
        }
        return refused;
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        Map<String, String> config = new HashMap<>();
        topic.configs().forEach(entry -> config.put(entry.name(), entry.value()));
        List<CreateTopics.Assignment> assignments = topic.assignments()
                .stream()
                .map(entry -> new CreateTopics.Assignment(entry.partitionIndex(), entry.brokerIds()))
                .toList();
        return new NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, config);
    }

    private void addResults(CreatableTopicResultCollection answers, List<NewTopic> wanted,
            Map<String, Result<CreatedTopic>> results, Permissions permissions) {
        Map<String, NewTopic> byName = new HashMap<>();
        wanted.forEach(topic -> byName.put(topic.name(), topic));
        // Many topics in one request have no settings of their own: they are described once.
        List<CreatableTopicConfigs> inherited = describe(Map.of());
        results.forEach((name, result) -> {
            if (result.isOk() && !permissions.mayQuietly(AclOperation.DESCRIBE_CONFIGS, AclResource.TOPIC, name)) {
                answers.add(createdUnseen(result.get()));
            } else if (result.isOk()) {
                NewTopic topic = byName.get(name);
                Map<String, String> own = topic == null ? Map.of() : topic.config();
                answers.add(created(result.get(), own.isEmpty() ? inherited : describe(own)));
            } else {
                answers.add(failed(name, ControllerAnswers.of(result)));
            }
        });
    }

    private static CreatableTopicResult failed(String name, Told told) {
        return new CreatableTopicResult().setName(name)
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
    }

    /// For who may create the topic, but not see its settings, to which the numbers count (KIP-525).
    private static CreatableTopicResult createdUnseen(CreatedTopic topic) {
        return new CreatableTopicResult().setName(topic.name())
                .setErrorMessage(null)
                .setTopicId(TopicUuids.of(topic.id()))
                .setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .setConfigs(null);
    }

    private static CreatableTopicResult created(CreatedTopic topic, List<CreatableTopicConfigs> configs) {
        return new CreatableTopicResult().setName(topic.name())
                .setErrorMessage(null)
                .setTopicId(TopicUuids.of(topic.id()))
                .setNumPartitions(topic.partitionCount())
                .setReplicationFactor((short) topic.replicationFactor())
                .setConfigs(configs);
    }

    /// What is in force for a topic with these values of its own.
    private List<CreatableTopicConfigs> describe(Map<String, String> own) {
        MetadataImage image = cluster.image();
        List<CreatableTopicConfigs> described = new ArrayList<>();
        for (TopicSetting<?> setting : TopicSettings.all()) {
            String value = own.get(setting.name());
            Origin origin = value == null
                    ? settings.inheritedOrigins(image, setting).getFirst()
                    : new Origin(setting.name(), value, Source.TOPIC);
            described.add(
                    new CreatableTopicConfigs().setName(setting.name())
                            .setValue(origin.text())
                            .setConfigSource(ConfigCodes.of(origin.source())));
        }
        return described;
    }
}
