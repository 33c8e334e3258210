package io.girok.wire;

import io.girok.base.Shard;

/// Opens connections to other nodes. Thread-safe.
public interface Peers {
    /// Begins to connect; requests may be sent at once. Everything about the connection happens on `owner`, which the
    /// caller is on.
    PeerConnection open(NodeAddress address, Shard owner);
}
