package io.girok.metadata;

import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acls;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/// All that the metadata log says, up to one offset. Immutable; images share what did not change between them.
public final class MetadataImage {
    /// Before the first record.
    public static final MetadataImage EMPTY = new MetadataImage(0, "", HashTreePMap.empty(), HashTreePMap.empty(),
            HashTreePMap.empty(), HashTreePMap.empty(), 0, HashTreePMap.empty(), Acls.NONE, HashTreePMap.empty(),
            HashTreePMap.empty(), Optional.empty());

    private final long endOffset;
    private final String clusterId;
    private final HashPMap<String, TopicImage> topics;
    private final HashPMap<TopicId, String> topicNames;
    private final HashPMap<Integer, BrokerImage> brokers;
    private final HashPMap<ConfigTarget, Map<String, String>> configs;
    private final long nextProducerId;
    private final HashPMap<String, Integer> features;
    private final Acls acls;
    private final HashPMap<ScramUser, ScramCredential> credentials;
    private final HashPMap<String, DelegationToken> tokens;
    private final Optional<Secret> loginSecret;

    MetadataImage(long endOffset, String clusterId, HashPMap<String, TopicImage> topics,
            HashPMap<TopicId, String> topicNames, HashPMap<Integer, BrokerImage> brokers,
            HashPMap<ConfigTarget, Map<String, String>> configs, long nextProducerId,
            HashPMap<String, Integer> features, Acls acls, HashPMap<ScramUser, ScramCredential> credentials,
            HashPMap<String, DelegationToken> tokens, Optional<Secret> loginSecret) {
        this.endOffset = endOffset;
        this.clusterId = clusterId;
        this.topics = topics;
        this.topicNames = topicNames;
        this.brokers = brokers;
        this.configs = configs;
        this.nextProducerId = nextProducerId;
        this.features = features;
        this.acls = acls;
        this.credentials = credentials;
        this.tokens = tokens;
        this.loginSecret = loginSecret;
    }

    /// The offset of the first record that is not in the image.
    public long endOffset() {
        return endOffset;
    }

    /// Empty until the cluster's first record.
    public String clusterId() {
        return clusterId;
    }

    public @Nullable TopicImage topic(String name) {
        return topics.get(name);
    }

    public @Nullable TopicImage topic(TopicId id) {
        String name = topicNames.get(id);
        return name == null ? null : topics.get(name);
    }

    /// In no particular order.
    public Collection<TopicImage> topics() {
        return topics.values();
    }

    public @Nullable BrokerImage broker(int id) {
        return brokers.get(id);
    }

    /// By id.
    public List<BrokerImage> brokers() {
        return brokers.values().stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).toList();
    }

    /// The values set on `target` itself, without defaults.
    public Map<String, String> config(ConfigTarget target) {
        return configs.getOrDefault(target, Map.of());
    }

    /// Everything that has values of its own.
    public Map<ConfigTarget, Map<String, String>> configs() {
        return configs;
    }

    /// The lowest producer id that was never given away.
    public long nextProducerId() {
        return nextProducerId;
    }

    /// The level of each feature that has one.
    public Map<String, Integer> features() {
        return features;
    }

    /// 0 when the cluster does without the feature.
    public int featureLevel(String feature) {
        return features.getOrDefault(feature, 0);
    }

    public Acls acls() {
        return acls;
    }

    /// Null when the user may not show itself by that mechanism.
    public @Nullable ScramCredential credential(ScramUser user) {
        return credentials.get(user);
    }

    /// In no particular order.
    public Map<ScramUser, ScramCredential> credentials() {
        return credentials;
    }

    /// Null when there is none of that id; one that is over may still be there.
    public @Nullable DelegationToken token(String id) {
        return tokens.get(id);
    }

    /// By id, in no particular order.
    public Map<String, DelegationToken> tokens() {
        return tokens;
    }

    /// What only the nodes know, so that they give the same answers about users that do not exist; there as soon as
    /// somebody may show itself by SCRAM.
    public Optional<Secret> loginSecret() {
        return loginSecret;
    }

    HashPMap<String, DelegationToken> tokenMap() {
        return tokens;
    }

    HashPMap<ScramUser, ScramCredential> credentialMap() {
        return credentials;
    }

    HashPMap<String, Integer> featureMap() {
        return features;
    }

    HashPMap<String, TopicImage> topicMap() {
        return topics;
    }

    HashPMap<TopicId, String> topicNameMap() {
        return topicNames;
    }

    HashPMap<Integer, BrokerImage> brokerMap() {
        return brokers;
    }

    HashPMap<ConfigTarget, Map<String, String>> configMap() {
        return configs;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MetadataImage image
                && endOffset == image.endOffset
                && clusterId.equals(image.clusterId)
                && topics.equals(image.topics)
                && brokers.equals(image.brokers)
                && configs.equals(image.configs)
                && nextProducerId == image.nextProducerId
                && features.equals(image.features)
                && acls.equals(image.acls)
                && credentials.equals(image.credentials)
                && tokens.equals(image.tokens);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(endOffset) * 31 + topics.size();
    }

    @Override
    public String toString() {
        return "metadata image up to " + endOffset + " (" + topics.size() + " topics)";
    }
}
