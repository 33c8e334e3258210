package io.girok.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a whole cluster does or does not, by level, and the levels of it that a Girok serves. Immutable.
///
/// Clients and tools go by these names (KIP-584), so none is here that stands for something we do not have.
/// `metadata.version` counts the versions of our own metadata records, not Apache Kafka's. A Girok serves those that it
/// can write, since an active controller at a level that others are to read must write nothing above it; what it can
/// still read ([MetadataCodec]) is more.
public record Feature(String name, int minLevel, int maxLevel) {
    public static final Feature METADATA_VERSION = new Feature("metadata.version", MetadataCodec.FIRST_WRITTEN_VERSION,
            MetadataCodec.VERSION);
    /// The last replicas that were in sync stay eligible to lead (KIP-966); nobody can do without.
    public static final Feature ELIGIBLE_LEADER_REPLICAS = new Feature("eligible.leader.replicas.version", 1, 1);
    public static final List<Feature> ALL = List.of(ELIGIBLE_LEADER_REPLICAS, METADATA_VERSION);

    /// Null when there is none of that name.
    public static @Nullable Feature find(String name) {
        return ALL.stream().filter(feature -> feature.name.equals(name)).findFirst().orElse(null);
    }

    /// What a new cluster begins with.
    public MetadataRecord.FeatureLevelSet latest() {
        return new MetadataRecord.FeatureLevelSet(name, maxLevel);
    }
}
