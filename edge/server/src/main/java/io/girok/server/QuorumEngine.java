package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.Voter;
import io.girok.wire.NodeAddress;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What stands behind the metadata log in this process; [ClusterLinks] chooses it. Thread-safe.
interface QuorumEngine {
    MetadataLog log();

    /// Begins to deliver.
    ///
    /// @param own where others find this node
    /// @param watch told which node's process is to be watched, where nothing else tells that it is gone
    default void start(MetadataListener listener, Endpoint own, IntConsumer watch) {
        log().start(listener);
    }

    /// Where a node says itself, in this very run, that it listens; null when it has said nothing.
    default @Nullable NodeAddress address(int nodeId) {
        return null;
    }

    /// Where the quorum's own log has a member; null when it has none of that id, or not where it is. Who follows it
    /// hears of the leader only.
    default @Nullable NodeAddress member(int nodeId) {
        return address(log().voter(nodeId));
    }

    /// Null where no address is kept with the voter.
    static @Nullable NodeAddress address(@Nullable Voter voter) {
        return voter == null || !voter.hasAddress() ? null : new NodeAddress(voter.host(), voter.port());
    }

    /// Where a node is said to be that is being made a member; null when none is. For the quorum's own messages, and
    /// nothing else: it may be wrong.
    default @Nullable NodeAddress candidate(int nodeId) {
        return null;
    }

    /// Takes what other nodes of the quorum say.
    EnvelopeHandler.QuorumMessages messages();

    /// The process of another node of the quorum is gone.
    void whenGone(int nodeId);

    /// Closes the log and whatever it talks through.
    void close();
}
