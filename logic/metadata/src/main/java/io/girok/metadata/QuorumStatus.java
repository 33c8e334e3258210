package io.girok.metadata;

import java.util.List;

/// Who leads and who votes, as far as one node knows. Immutable.
///
/// @param endOffset of what is committed: records have no offsets before
/// @param voters by id
public record QuorumStatus(MetadataLog.Leadership leadership, long endOffset, List<VoterStatus> voters) {
    /// For what is not known.
    public static final long UNKNOWN = -1;

    public QuorumStatus {
        voters = List.copyOf(voters);
    }

    /// What a leader knows of a voter; of others than itself, who follows knows the addresses only.
    ///
    /// @param endOffset of what the voter has, or [#UNKNOWN]
    /// @param lastHeardMs wall-clock time, or [#UNKNOWN]
    /// @param lastCaughtUpMs when it was last known to have everything; wall-clock time, or [#UNKNOWN]
    public record VoterStatus(Voter voter, long endOffset, long lastHeardMs, long lastCaughtUpMs) {
        public static VoterStatus unknown(Voter voter) {
            return new VoterStatus(voter, UNKNOWN, UNKNOWN, UNKNOWN);
        }
    }

    public VoterSet voterSet() {
        return VoterSet.of(voters.stream().map(VoterStatus::voter).toList());
    }
}
