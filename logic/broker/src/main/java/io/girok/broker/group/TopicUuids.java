package io.girok.broker.group;

import io.girok.base.TopicId;
import org.apache.kafka.common.Uuid;

/// Our topic ids as the protocol has them, and back. Stateless.
final class TopicUuids {
    private TopicUuids() {}

    static TopicId of(Uuid id) {
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid of(TopicId id) {
        return new Uuid(id.high(), id.low());
    }
}
