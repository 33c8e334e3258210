package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.metadata.MetadataLog;

/// What stands behind the metadata log in this process; [ClusterLinks] chooses it. Thread-safe.
interface QuorumEngine {
    MetadataLog log();

    /// Takes what other nodes of the quorum say.
    EnvelopeHandler.QuorumMessages messages();

    /// The process of another node of the quorum is gone.
    void whenGone(int nodeId);

    /// Closes the log and whatever it talks through.
    void close();
}
