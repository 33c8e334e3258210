package io.girok.group;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;

/// Looks into what members of type `consumer` say they read. Stateless.
final class Subscriptions {
    static final String CONSUMER = "consumer";

    private Subscriptions() {}

    /// The topics of all `subscriptions`; nothing when one of them can't be read: a client may put there what it likes.
    static Optional<Set<String>> topics(Collection<Bytes> subscriptions) {
        Set<String> topics = new HashSet<>();
        for (Bytes each : subscriptions) {
            try {
                ByteBuffer buffer = each.buffer().duplicate();
                ConsumerProtocolSubscription read = ConsumerProtocol.deserializeConsumerProtocolSubscription(buffer);
                topics.addAll(read.topics());
            } catch (RuntimeException e) {
                // The generated reader throws whatever its fields run into.
                return Optional.empty();
            }
        }
        return Optional.of(topics);
    }
}
