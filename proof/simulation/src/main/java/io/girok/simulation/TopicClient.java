package io.girok.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Creates topics and deletes them again, asking any broker. Owned by the world's thread.
final class TopicClient implements Client {
    private static final short CREATE_VERSION = 5;
    private static final short DELETE_VERSION = 4;
    private static final int LIMIT_MS = 3_000;
    private static final double DELETES = 0.45;

    private final ClientLink link;
    private final String prefix;
    /// What is said of each topic that was named: true when it is there, false when it is not.
    private final TreeMap<String, Boolean> certain = new TreeMap<>();
    private int created;
    private boolean isFinishing;
    private boolean isBusy;

    TopicClient(ClientLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    @Override
    public void start() {
        link.now(this::next);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return isFinishing && !isBusy;
    }

    /// Whether topics are there; nothing is said of those whose fate is not known.
    Map<String, Boolean> certain() {
        return certain;
    }

    private void next() {
        isBusy = false;
        if (isFinishing) {
            return;
        }
        isBusy = true;
        List<String> there = new ArrayList<>();
        certain.forEach((name, isThere) -> {
            if (isThere) {
                there.add(name);
            }
        });
        String name = there.isEmpty() || !link.world().chance(DELETES)
                ? prefix + created++
                : there.get(link.world().random().nextInt(there.size()));
        CompletableFuture<Errors> done = certain.containsKey(name) ? delete(name) : create(name, 2, 3);
        var _ = done.handle((error, failure) -> {
            link.later(20, 1_500, this::next);
            return true;
        });
    }

    /// Creates a topic once. Ends in what the broker says; fails when it says nothing.
    CompletableFuture<Errors> create(String name, int partitions, int replicas) {
        return create(new CreatableTopic().setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicas));
    }

    /// The same, of a topic with settings of its own.
    CompletableFuture<Errors> create(CreatableTopic topic) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(LIMIT_MS)
                .setTopics(new CreatableTopicCollection(List.of(topic).iterator()));
        return link.ask(link.anyBroker(), ApiKeys.CREATE_TOPICS, CREATE_VERSION, request).thenApply(answer -> {
            Errors error = Errors.forCode(((CreateTopicsResponseData) answer).topics().iterator().next().errorCode());
            if (error == Errors.NONE) {
                certain.put(topic.name(), true);
            }
            return error;
        });
    }

    private CompletableFuture<Errors> delete(String name) {
        certain.remove(name);
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(LIMIT_MS)
                .setTopicNames(List.of(name));
        return link.ask(link.anyBroker(), ApiKeys.DELETE_TOPICS, DELETE_VERSION, request).thenApply(answer -> {
            Errors error = Errors
                    .forCode(((DeleteTopicsResponseData) answer).responses().iterator().next().errorCode());
            if (error == Errors.NONE) {
                certain.put(name, false);
            }
            return error;
        });
    }
}
