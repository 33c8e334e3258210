package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pcollections.HashPMap;

/// The way from one image to the next: records are applied in order, then the image and the delta are taken.
/// Owned by whoever made it.
public final class ImageChange {
    private final MetadataImage before;
    private long endOffset;
    private String clusterId;
    private HashPMap<String, TopicImage> topics;
    private HashPMap<TopicId, String> topicNames;
    private HashPMap<Integer, BrokerImage> brokers;
    private HashPMap<ConfigTarget, Map<String, String>> configs;
    private long nextProducerId;
    private HashPMap<String, Integer> features;
    private Acls acls;
    private HashPMap<ScramUser, ScramCredential> credentials;
    private HashPMap<String, DelegationToken> tokens;
    private Optional<Secret> loginSecret;
    private final Set<TopicId> changedTopics = new HashSet<>();
    private final Set<TopicId> deletedTopics = new HashSet<>();
    private final Set<ConfigTarget> changedConfigs = new HashSet<>();
    private final Set<Integer> changedBrokers = new HashSet<>();

    public ImageChange(MetadataImage before) {
        this.before = before;
        this.endOffset = before.endOffset();
        this.clusterId = before.clusterId();
        this.topics = before.topicMap();
        this.topicNames = before.topicNameMap();
        this.brokers = before.brokerMap();
        this.configs = before.configMap();
        this.nextProducerId = before.nextProducerId();
        this.features = before.featureMap();
        this.acls = before.acls();
        this.credentials = before.credentialMap();
        this.tokens = before.tokenMap();
        this.loginSecret = before.loginSecret();
    }

    /// The way from `before` over all of `records`.
    public static ImageChange of(MetadataImage before, List<MetadataRecord> records) {
        ImageChange change = new ImageChange(before);
        records.forEach(change::apply);
        return change;
    }

    /// Applies the record at the present end offset. A record that contradicts the image is a broken invariant.
    public void apply(MetadataRecord record) {
        switch (record) {
            case MetadataRecord.ClusterCreated created -> {
                Invariant.check(clusterId.isEmpty(), "a cluster is created once");
                clusterId = created.clusterId();
            }
            case MetadataRecord.BrokerRegistered registered -> register(registered);
            case MetadataRecord.BrokerFenced fenced -> fence(fenced);
            case MetadataRecord.BrokerLeaving leaving -> leave(leaving);
            case MetadataRecord.DirectoriesFailed failed -> failDirectories(failed);
            case MetadataRecord.DirectoriesScarce scarce -> {
                BrokerImage broker = existing(scarce.id());
                put(broker.with(broker.directories(), scarce.directories()));
            }
            case MetadataRecord.BrokerUnregistered unregistered -> {
                existing(unregistered.id());
                brokers = brokers.minus(unregistered.id());
                changedBrokers.add(unregistered.id());
            }
            case MetadataRecord.TopicCreated created -> create(created);
            case MetadataRecord.PartitionsAdded added -> addPartitions(added);
            case MetadataRecord.PartitionsChanged changed -> changePartitions(changed);
            case MetadataRecord.TopicDeleted deleted -> delete(deleted);
            case MetadataRecord.ConfigChanged changed -> changeConfig(changed);
            case MetadataRecord.FeatureLevelSet set -> features = set.level() == 0
                    ? features.minus(set.feature())
                    : features.plus(set.feature(), set.level());
            case MetadataRecord.AclAdded added -> acls = acls.plus(added.acl());
            case MetadataRecord.AclRemoved removed -> acls = acls.minus(removed.acl());
            case MetadataRecord.ScramCredentialSet set -> credentials = credentials.plus(set.user(), set.credential());
            case MetadataRecord.ScramCredentialRemoved removed -> {
                Invariant.check(credentials.containsKey(removed.user()), "a credential that is removed is there");
                credentials = credentials.minus(removed.user());
            }
            case MetadataRecord.LoginSecretSet set -> loginSecret = Optional.of(set.secret());
            case MetadataRecord.DelegationTokenSet set -> tokens = tokens.plus(set.token().id(), set.token());
            case MetadataRecord.DelegationTokenRemoved removed -> {
                Invariant.check(tokens.containsKey(removed.id()), "a token that is removed is there");
                tokens = tokens.minus(removed.id());
            }
            case MetadataRecord.ProducerIdsAllocated allocated -> {
                Invariant.check(
                        nextProducerId <= allocated.nextProducerId(),
                        "producer ids are given away once, in ascending order");
                nextProducerId = allocated.nextProducerId();
            }
        }
        endOffset++;
    }

    private void register(MetadataRecord.BrokerRegistered record) {
        put(BrokerImage.registered(record.id(), record.incarnation(), endOffset, record.endpoints(), record.rack(),
                record.directories()).with(record.features()));
    }

    private void fence(MetadataRecord.BrokerFenced record) {
        BrokerImage broker = existing(record.id());
        put(broker.with(record.isFenced(), broker.isLeaving() && record.isFenced()));
    }

    private void leave(MetadataRecord.BrokerLeaving record) {
        BrokerImage broker = existing(record.id());
        put(broker.with(broker.isFenced(), true));
    }

    private void failDirectories(MetadataRecord.DirectoriesFailed record) {
        BrokerImage broker = existing(record.id());
        put(broker.with(without(broker.directories(), record.directories()),
                without(broker.scarceDirectories(), record.directories())));
    }

    private static List<TopicId> without(List<TopicId> directories, List<TopicId> failed) {
        return directories.stream().filter(directory -> !failed.contains(directory)).toList();
    }

    private void put(BrokerImage broker) {
        brokers = brokers.plus(broker.id(), broker);
        changedBrokers.add(broker.id());
    }

    private BrokerImage existing(int brokerId) {
        BrokerImage broker = brokers.get(brokerId);
        if (broker == null) {
            throw Invariant.violated("the metadata log changes broker " + brokerId + ", which never registered");
        }
        return broker;
    }

    private void create(MetadataRecord.TopicCreated record) {
        Invariant.check(
                !topics.containsKey(record.name()) && !topicNames.containsKey(record.id()),
                "a topic is created once");
        put(new TopicImage(record.id(), record.name(), List.of()));
        topicNames = topicNames.plus(record.id(), record.name());
    }

    private void addPartitions(MetadataRecord.PartitionsAdded record) {
        TopicImage topic = existing(record.topic());
        Invariant.check(topic.partitions().size() == record.firstIndex(), "partitions are added at the topic's end");
        List<PartitionImage> partitions = new ArrayList<>(topic.partitions());
        partitions.addAll(record.partitions());
        put(new TopicImage(topic.id(), topic.name(), partitions));
    }

    private void changePartitions(MetadataRecord.PartitionsChanged record) {
        TopicImage topic = existing(record.topic());
        List<PartitionImage> partitions = new ArrayList<>(topic.partitions());
        for (MetadataRecord.PartitionChange change : record.changes()) {
            Invariant.check(0 <= change.index() && change.index() < partitions.size(),
                    "a partition that changes exists");
            partitions.set(change.index(), change.partition());
        }
        put(new TopicImage(topic.id(), topic.name(), partitions));
    }

    private void delete(MetadataRecord.TopicDeleted record) {
        TopicImage topic = existing(record.id());
        topics = topics.minus(topic.name());
        topicNames = topicNames.minus(topic.id());
        changedTopics.remove(topic.id());
        if (before.topic(topic.id()) != null) {
            deletedTopics.add(topic.id());
        }
        ConfigTarget target = ConfigTarget.topic(topic.name());
        if (configs.containsKey(target)) {
            configs = configs.minus(target);
            changedConfigs.add(target);
        }
    }

    private void changeConfig(MetadataRecord.ConfigChanged record) {
        Map<String, String> values = new HashMap<>(configs.getOrDefault(record.target(), Map.of()));
        String value = record.value();
        if (value == null) {
            values.remove(record.name());
        } else {
            values.put(record.name(), value);
        }
        configs = values.isEmpty() ? configs.minus(record.target()) : configs.plus(record.target(), Map.copyOf(values));
        changedConfigs.add(record.target());
    }

    private TopicImage existing(TopicId id) {
        String name = topicNames.get(id);
        TopicImage topic = name == null ? null : topics.get(name);
        if (topic == null) {
            throw Invariant.violated("the metadata log changes topic " + id + ", which does not exist");
        }
        return topic;
    }

    private void put(TopicImage topic) {
        topics = topics.plus(topic.name(), topic);
        changedTopics.add(topic.id());
    }

    /// The image after all records applied so far.
    public MetadataImage image() {
        return new MetadataImage(endOffset, clusterId, topics, topicNames, brokers, configs, nextProducerId, features,
                acls, credentials, tokens, loginSecret);
    }

    /// What all records applied so far have changed.
    public MetadataDelta delta() {
        return new MetadataDelta(changedTopics, deletedTopics, changedConfigs, changedBrokers);
    }
}
