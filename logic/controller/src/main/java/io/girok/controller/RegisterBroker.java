package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.Endpoint;
import io.girok.metadata.SupportedFeatures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells that a broker has started; the answer is its epoch. It stays fenced until [FenceBroker] says otherwise.
/// Registering once more in the same way changes nothing. The first registration founds the cluster.
///
/// A broker that does not support the level of a feature that the cluster has is refused with UNSUPPORTED_VERSION: it
/// would not understand what others do. One that names no feature at all is no exception, as with Apache Kafka: it is
/// of a Girok that reads none of the records that this one writes.
///
/// @param clusterId of the cluster to which the broker's logs belong, or which it is to found
/// @param incarnation new with every start of the process
/// @param areLogsWhole whether the broker's logs have all that the broker ever acknowledged
/// @param features what the broker supports
public record RegisterBroker(String clusterId, int brokerId, TopicId incarnation, List<Endpoint> endpoints,
        @Nullable String rack, List<TopicId> directories, boolean areLogsWhole,
        SupportedFeatures features) implements Command<Result<Long>> {
    public RegisterBroker {
        endpoints = List.copyOf(endpoints);
        directories = List.copyOf(directories);
    }

    /// Of a broker that runs this Girok.
    public RegisterBroker(String clusterId, int brokerId, TopicId incarnation, List<Endpoint> endpoints,
            @Nullable String rack, List<TopicId> directories, boolean areLogsWhole) {
        this(clusterId, brokerId, incarnation, endpoints, rack, directories, areLogsWhole, SupportedFeatures.OURS);
    }
}
