package io.girok.broker;

import io.girok.broker.data.LeaderHints;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataStore;
import org.jspecify.annotations.Nullable;

/// The brokers' addresses by the present metadata image. Thread-safe.
record KnownEndpoints(MetadataStore metadata) implements LeaderHints {
    @Override
    public LeaderHints.@Nullable Endpoint endpoint(int brokerId, String listenerName) {
        BrokerImage broker = metadata.image().broker(brokerId);
        if (broker == null) {
            return null;
        }
        for (io.girok.metadata.Endpoint endpoint : broker.endpoints()) {
            if (endpoint.listener().equals(listenerName) && !endpoint.isAsReached()) {
                return new LeaderHints.Endpoint(endpoint.host(), endpoint.port(), broker.rack());
            }
        }
        return null;
    }
}
