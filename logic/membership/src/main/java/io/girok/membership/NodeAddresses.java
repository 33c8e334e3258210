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

    /// What these say, those that are to be trusted most first.
    static NodeAddresses inOrder(List<NodeAddresses> sources) {
        return new OrderedAddresses(sources);
    }
}
