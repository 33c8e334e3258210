package io.girok.metadata;

import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acl;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One decision of the controller, as it stands in the metadata log. Immutable.
public sealed interface MetadataRecord {
    /// The first record of a cluster's life.
    record ClusterCreated(String clusterId) implements MetadataRecord {}

    /// A broker started; its epoch is the offset of this record. It is fenced until it says that it is ready.
    record BrokerRegistered(int id, TopicId incarnation, List<Endpoint> endpoints, @Nullable String rack,
            List<TopicId> directories, SupportedFeatures features) implements MetadataRecord {
        public BrokerRegistered {
            endpoints = List.copyOf(endpoints);
            directories = List.copyOf(directories);
        }

        /// Of a broker that did not say which features it supports.
        public BrokerRegistered(int id, TopicId incarnation, List<Endpoint> endpoints, @Nullable String rack,
                List<TopicId> directories) {
            this(id, incarnation, endpoints, rack, directories, SupportedFeatures.UNKNOWN);
        }
    }

    /// A broker may lead from now on, or may no longer.
    record BrokerFenced(int id, boolean isFenced) implements MetadataRecord {}

    /// A broker is about to stop: it leads nothing any more, but follows until it is fenced.
    record BrokerLeaving(int id) implements MetadataRecord {}

    /// Log directories of a broker have failed: nothing in them can be used until the broker registers with them again.
    record DirectoriesFailed(int id, List<TopicId> directories) implements MetadataRecord {
        public DirectoriesFailed {
            directories = List.copyOf(directories);
        }
    }

    /// The log directories of a broker whose disks have less room than clients must leave free; all others have room.
    record DirectoriesScarce(int id, List<TopicId> directories) implements MetadataRecord {
        public DirectoriesScarce {
            directories = List.copyOf(directories);
        }
    }

    /// A broker's registration is gone.
    record BrokerUnregistered(int id) implements MetadataRecord {}

    /// A topic without partitions yet; they follow in the same batch.
    record TopicCreated(TopicId id, String name) implements MetadataRecord {}

    /// New partitions at the topic's end.
    ///
    /// @param firstIndex how many there were before
    record PartitionsAdded(TopicId topic, int firstIndex, List<PartitionImage> partitions) implements MetadataRecord {
        public PartitionsAdded {
            partitions = List.copyOf(partitions);
        }
    }

    /// Partitions of a topic have another leader, ISR or replicas now.
    record PartitionsChanged(TopicId topic, List<PartitionChange> changes) implements MetadataRecord {
        public PartitionsChanged {
            changes = List.copyOf(changes);
        }

        /// Of one partition.
        public PartitionsChanged(TopicId topic, int index, PartitionImage partition) {
            this(topic, List.of(new PartitionChange(index, partition)));
        }
    }

    /// What the partition number `index` is now.
    record PartitionChange(int index, PartitionImage partition) {}

    /// A topic is gone, with its partitions and its settings.
    record TopicDeleted(TopicId id) implements MetadataRecord {}

    /// A setting has a value of its own, or (null) no longer.
    record ConfigChanged(ConfigTarget target, String name, @Nullable String value) implements MetadataRecord {}

    /// A feature of the whole cluster is at that level from here on.
    record FeatureLevelSet(String feature, int level) implements MetadataRecord {}

    /// An ACL is in force that was not there before.
    record AclAdded(Acl acl) implements MetadataRecord {}

    /// An ACL is gone.
    record AclRemoved(Acl acl) implements MetadataRecord {}

    /// A user may show itself by SCRAM from here on, by the password that this is known by, and by no other.
    record ScramCredentialSet(ScramUser user, ScramCredential credential) implements MetadataRecord {}

    /// A user may no longer show itself by that mechanism.
    record ScramCredentialRemoved(ScramUser user) implements MetadataRecord {}

    /// What all nodes answer from who ask for users that do not exist. Random; of no use for anything else.
    record LoginSecretSet(Secret secret) implements MetadataRecord {}

    /// A delegation token is there, or has another end than before.
    record DelegationTokenSet(DelegationToken token) implements MetadataRecord {}

    /// A delegation token is gone.
    record DelegationTokenRemoved(String id) implements MetadataRecord {}

    /// Producer ids below `nextProducerId` are given away.
    record ProducerIdsAllocated(long nextProducerId) implements MetadataRecord {}
}
