package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.metadata.MetadataLog;
import io.girok.wire.NodeAddress;
import org.jspecify.annotations.Nullable;

/// What stands behind the metadata log in this process; [ClusterLinks] chooses it. Thread-safe.
interface QuorumEngine {
    MetadataLog log();

    /// Takes what other nodes of the quorum say.
    EnvelopeHandler.QuorumMessages messages();

    /// The process of another node of the quorum is gone.
    void whenGone(int nodeId);

    /// Where a node of the quorum listens, as far as the quorum's own log says; null where it does not.
    default @Nullable NodeAddress address(int nodeId) {
        return null;
    }

    /// Closes the log and whatever it talks through.
    void close();
}
