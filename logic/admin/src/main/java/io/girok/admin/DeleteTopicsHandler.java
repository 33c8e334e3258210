package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.broker.quota.PartitionMutations;
import io.girok.controller.ActiveController;
import io.girok.controller.DeleteTopics;
import io.girok.controller.DeleteTopics.ById;
import io.girok.controller.DeleteTopics.ByName;
import io.girok.controller.DeleteTopics.DeletedTopic;
import io.girok.controller.DeleteTopics.TopicReference;
import io.girok.controller.Result;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;

/// DeleteTopics, by name and from version 6 on by id too: a command to the controller. Thread-safe.
final class DeleteTopicsHandler implements ApiHandler {
    private static final short FIRST_WITH_TOPIC_IDS = 6;
    private static final short FIRST_WITH_DELETION_DISABLED = 3;
    private static final short FIRST_WITH_QUOTA_ERROR = 5;

    private final ActiveController controller;
    private final ClusterView cluster;
    private final Access access;
    private final PartitionMutations mutations;
    private final boolean isAllowed;

    /// @param isAllowed whether topics may be deleted at all
    DeleteTopicsHandler(ActiveController controller, ClusterView cluster, Access access, PartitionMutations mutations,
            boolean isAllowed) {
        this.mutations = mutations;
        this.cluster = cluster;
        this.access = access;
        this.controller = controller;
        this.isAllowed = isAllowed;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DeleteTopicsRequestData body = (DeleteTopicsRequestData) request.body();
        List<DeleteTopicState> named = request.version() < FIRST_WITH_TOPIC_IDS
                ? body.topicNames().stream().map(name -> new DeleteTopicState().setName(name)).toList()
                : body.topics();
        if (!isAllowed) {
            Told told = new Told(
                    request.version() < FIRST_WITH_DELETION_DISABLED
                            ? Errors.INVALID_REQUEST
                            : Errors.TOPIC_DELETION_DISABLED,
                    "delete.topic.enable=false keeps topics from being deleted");
            respond(responder, named.stream().map(topic -> failed(topic, told)).toList(), 0);
            return;
        }
        Permissions permissions = access.of(request);
        PartitionMutations.Charge charge = mutations.of(request, FIRST_WITH_QUOTA_ERROR, permissions);
        List<DeletableTopicResult> denied = new ArrayList<>();
        List<DeleteTopicState> wanted = new ArrayList<>();
        for (DeleteTopicState topic : allowed(named, permissions, denied)) {
            if (charge.admits(partitionsOf(topic))) {
                wanted.add(topic);
            } else {
                denied.add(failed(topic, ControllerAnswers.aboveQuota()));
            }
        }
        List<TopicReference> references = wanted.stream()
                .map(DeleteTopicsHandler::reference)
                .flatMap(Optional::stream)
                .toList();
        CompletableFuture<List<Result<DeletedTopic>>> deleted = references.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : controller.submit(new DeleteTopics(references));
        var _ = deleted.handle((results, failure) -> {
            List<DeletableTopicResult> all = new ArrayList<>(denied);
            all.addAll(failure == null
                    ? answers(wanted, results)
                    : wanted.stream().map(topic -> failed(topic, ControllerAnswers.of(failure))).toList());
            respond(responder, all, charge.made(failure == null ? partitionsIn(results) : 0));
            return true;
        });
    }

    private static int partitionsIn(List<Result<DeletedTopic>> results) {
        return results.stream().filter(Result::isOk).mapToInt(result -> result.get().partitionCount()).sum();
    }

    private int partitionsOf(DeleteTopicState topic) {
        MetadataImage image = cluster.image();
        TopicImage known = topic.name() == null
                ? image.topic(TopicUuids.of(topic.topicId()))
                : image.topic(topic.name());
        return known == null ? 0 : known.partitions().size();
    }

    /// Those that the sender may delete, and those about which it is told the truth anyway. A name is refused whether
    /// or not there is a topic of it; of an id nobody is told the name who may not describe the topic.
    private List<DeleteTopicState> allowed(List<DeleteTopicState> named, Permissions permissions,
            List<DeletableTopicResult> denied) {
        if (permissions.mayQuietlyOnCluster(AclOperation.DELETE)) {
            return named;
        }
        MetadataImage image = cluster.image();
        List<DeleteTopicState> allowed = new ArrayList<>();
        for (DeleteTopicState topic : named) {
            TopicImage known = topic.name() == null ? image.topic(TopicUuids.of(topic.topicId())) : null;
            String name = known == null ? topic.name() : known.name();
            boolean isNameKnown = name != null && permissions.maySeeTopic(name);
            boolean isMissing = topic.name() != null && image.topic(topic.name()) == null;
            if (name == null || (isNameKnown && isMissing) || permissions.mayOnTopic(AclOperation.DELETE, name)) {
                allowed.add(topic);
            } else {
                DeletableTopicResult result = failed(topic, Told.of(Errors.TOPIC_AUTHORIZATION_FAILED));
                denied.add(isNameKnown ? result.setName(name) : result);
            }
        }
        return allowed;
    }

    /// Empty unless the topic is named in exactly one way.
    private static Optional<TopicReference> reference(DeleteTopicState topic) {
        boolean hasId = !topic.topicId().equals(Uuid.ZERO_UUID);
        if ((topic.name() != null) == hasId) {
            return Optional.empty();
        }
        return Optional.of(hasId ? new ById(TopicUuids.of(topic.topicId())) : new ByName(topic.name()));
    }

    private static List<DeletableTopicResult> answers(List<DeleteTopicState> wanted,
            List<Result<DeletedTopic>> results) {
        Iterator<Result<DeletedTopic>> inOrder = results.iterator();
        List<DeletableTopicResult> answers = new ArrayList<>();
        for (DeleteTopicState topic : wanted) {
            if (reference(topic).isPresent()) {
                answers.add(answer(topic, inOrder.next()));
            } else {
                answers.add(
                        failed(
                                topic,
                                new Told(Errors.INVALID_REQUEST,
                                        "a topic is named either by its name or by its id, not by both or neither")));
            }
        }
        return answers;
    }

    private static DeletableTopicResult answer(DeleteTopicState topic, Result<DeletedTopic> result) {
        return result.isOk()
                ? new DeletableTopicResult().setName(result.get().name())
                        .setTopicId(TopicUuids.of(result.get().id()))
                : failed(topic, ControllerAnswers.of(result));
    }

    private static DeletableTopicResult failed(DeleteTopicState topic, Told told) {
        return new DeletableTopicResult().setName(topic.name())
                .setTopicId(topic.topicId())
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
    }

    private static void respond(Responder responder, List<DeletableTopicResult> results, int waitMs) {
        DeletableTopicResultCollection collected = new DeletableTopicResultCollection(results.size() + 1);
        collected.addAll(results);
        responder.respond(new DeleteTopicsResponseData().setResponses(collected).setThrottleTimeMs(waitMs));
    }
}
