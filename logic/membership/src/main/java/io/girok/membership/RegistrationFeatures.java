package io.girok.membership;

import io.girok.metadata.Feature;
import io.girok.metadata.SupportedFeatures;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.FeatureCollection;

/// What a broker supports, as BrokerRegistration says it (KIP-584). Stateless.
final class RegistrationFeatures {
    private RegistrationFeatures() {}

    static FeatureCollection of(SupportedFeatures features) {
        FeatureCollection collection = new FeatureCollection(features.ranges().size());
        for (Feature range : features.ranges()) {
            collection.add(new BrokerRegistrationRequestData.Feature().setName(range.name())
                    .setMinSupportedVersion((short) range.minLevel())
                    .setMaxSupportedVersion((short) range.maxLevel()));
        }
        return collection;
    }

    static SupportedFeatures of(FeatureCollection features) {
        return new SupportedFeatures(features.stream()
                .map(each -> new Feature(each.name(), each.minSupportedVersion(), each.maxSupportedVersion()))
                .toList());
    }
}
