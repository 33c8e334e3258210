package io.girok.wire;

import io.girok.base.TopicId;
import org.apache.kafka.common.Uuid;

/// Our topic ids as the protocol has them, and back. Stateless.
public final class TopicUuids {
    private TopicUuids() {}

    public static TopicId of(Uuid id) {
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    public static Uuid of(TopicId id) {
        return new Uuid(id.high(), id.low());
    }
}
