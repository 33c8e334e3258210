package io.girok.broker.data;

import io.girok.base.TopicId;
import org.apache.kafka.common.Uuid;

/// Our topic ids as the protocol has them, and back.
final class TopicIds {
    private TopicIds() {}

    static TopicId of(Uuid id) {
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
