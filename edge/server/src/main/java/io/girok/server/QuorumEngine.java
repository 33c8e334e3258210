package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.wire.NodeAddress;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What stands behind the metadata log in this process; [ClusterLinks] chooses it. Thread-safe.
interface QuorumEngine {
    MetadataLog log();

    /// The cluster's id; asked once, before anything else. Blocks.
    ///
    /// @param remembered by the log directories; empty when they are new
    /// @param chosen for a cluster that begins now
    /// @throws IllegalStateException when the log directories belong to another cluster
    String clusterId(Optional<String> remembered, Supplier<String> chosen);

    /// Begins to deliver.
    ///
    /// @param own where others find this node
    /// @param watch is told which node's process is to be watched, since the quorum does not do so itself
    void start(MetadataListener listener, Endpoint own, IntConsumer watch);

    /// Where a node listens, as the quorum itself knows; null when it does not.
    @Nullable
    NodeAddress address(int nodeId);

    /// Takes what other nodes of the quorum say.
    EnvelopeHandler.QuorumMessages messages();

    /// The process of another node of the quorum is gone.
    void whenGone(int nodeId);

    /// Closes the log and whatever it talks through.
    void close();
}
