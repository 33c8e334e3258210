package io.girok.metadata;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The one ordered, replicated log of metadata records. Thread-safe.
///
/// Behind it stands a consensus engine. One writer at a time, the active controller, appends; every node is told of
/// every commit, in order, through its [MetadataListener]. A batch is accepted only if its epoch is the current one and
/// its base offset the next one; the engine itself checks this, so a deposed writer is fenced whatever it believes.
public interface MetadataLog extends AutoCloseable {
    /// Begins to deliver; called once. Fails when the engine cannot start.
    void start(MetadataListener listener);

    /// A hint, never a proof: it may be ahead of [MetadataListener#onLeader] and [MetadataListener#onNotLeader].
    Leadership leadership();

    /// Appends all of `records` or none, at most [#MAX_BATCH_BYTES] together. The future never fails: it ends in an
    /// [AppendOutcome], within a deadline of the engine's own; after an `Appended` the listener has the records
    /// already.
    CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records);

    /// Linearizable: once done, everything committed before the call is applied here. Ends in the last applied offset.
    CompletableFuture<Long> barrier();

    /// Gives leadership up if `epoch` is still the current one.
    CompletableFuture<@Nullable Void> resign(long epoch);

    /// Has `target` vote instead of `expected`, if those are who votes now. The future never fails, and ends within a
    /// deadline of the engine's own. Who is added votes once it has caught up.
    default CompletableFuture<VoterChange> changeVoters(VoterSet expected, VoterSet target) {
        return CompletableFuture.completedFuture(VoterChange.refused(VoterChange.Reason.UNSUPPORTED,
                "who votes on the metadata is decided outside of Girok"));
    }

    /// What this node knows of the quorum; a leader knows most.
    default QuorumStatus status() {
        return new QuorumStatus(leadership(), QuorumStatus.UNKNOWN, List.of());
    }

    /// Where a voter listens, as far as the voters' log says; null when it does not, or this node has not heard of it.
    default @Nullable Voter voter(int voterId) {
        return null;
    }

    /// Writes the listener's image as a snapshot and lets the log before it go. Ends in the last offset it covers.
    CompletableFuture<Long> snapshot();

    @Override
    void close();

    int MAX_BATCH_BYTES = 512 * 1024;

    /// Who leads, as far as this node knows.
    ///
    /// @param leaderId -1 when unknown
    record Leadership(int leaderId, long epoch, boolean isLeader) {}

    /// How an append ended.
    sealed interface AppendOutcome {
        /// Committed; the records have the offsets from `baseOffset` to `lastOffset`, both in.
        record Appended(long baseOffset, long lastOffset) implements AppendOutcome {}

        /// Certainly not written.
        record NotWritten(Reason reason, String detail) implements AppendOutcome {}

        /// Perhaps written: stop, resign, and let the next epoch's replay decide.
        record Unknown(String detail) implements AppendOutcome {}
    }

    /// Why nothing was written.
    enum Reason {
        FENCED, OFFSET_MISMATCH, NOT_LEADER, TOO_LARGE, UNAVAILABLE
    }
}
