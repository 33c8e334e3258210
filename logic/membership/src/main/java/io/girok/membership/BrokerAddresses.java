package io.girok.membership;

import io.girok.wire.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where nodes may be, and where brokers have registered themselves. Immutable.
record BrokerAddresses(NodeAddresses nodes, NodeAddresses brokers) implements NodeAddresses {
    @Override
    public @Nullable NodeAddress of(int nodeId) {
        return nodes.of(nodeId);
    }

    @Override
    public List<NodeAddress> all(int nodeId) {
        return nodes.all(nodeId);
    }

    @Override
    public List<NodeAddress> ofBroker(int nodeId) {
        NodeAddress registered = brokers.of(nodeId);
        return registered == null ? all(nodeId) : List.of(registered);
    }
}
