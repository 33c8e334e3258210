package io.girok.membership;

import io.girok.wire.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where nodes listen for each other. Thread-safe.
@FunctionalInterface
public interface NodeAddresses {
    /// Null when it is not known.
    @Nullable
    NodeAddress of(int nodeId);

    /// Every place where it may be, [#of] first, each once.
    default List<NodeAddress> all(int nodeId) {
        NodeAddress known = of(nodeId);
        return known == null ? List.of() : List.of(known);
    }

    /// Every place where a broker may be whose registration is in force: where it has registered itself, if that is
    /// known.
    default List<NodeAddress> ofBroker(int nodeId) {
        return all(nodeId);
    }

    /// The same, and where brokers that are not fenced have registered themselves.
    default NodeAddresses withBrokers(NodeAddresses brokers) {
        return new BrokerAddresses(this, brokers);
    }

    /// What these say, those that are to be trusted most first.
    static NodeAddresses inOrder(List<NodeAddresses> sources) {
        return new OrderedAddresses(sources);
    }
}
