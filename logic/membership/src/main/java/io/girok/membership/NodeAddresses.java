package io.girok.membership;

import io.girok.wire.NodeAddress;
import org.jspecify.annotations.Nullable;

/// Where nodes listen for each other. Thread-safe.
@FunctionalInterface
public interface NodeAddresses {
    /// Null when it is not known.
    @Nullable
    NodeAddress of(int nodeId);
}
