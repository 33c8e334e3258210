package io.girok.quorum.ratis;

import io.girok.base.Invariant;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterSet;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.protocol.RaftPeer;

/// What a [RatisMetadataLog] is told at its start. Immutable.
///
/// @param directory where Ratis keeps its files; made when it is not there
/// @param nodeId this node's id; the peer of that name in `voters` is this node
/// @param voters everyone who founds the quorum; once there is a log, it says who votes. Without this node in it, the
///     node votes once it has been added
public record RatisSettings(Path directory, int nodeId, List<RaftPeer> voters, Timing timing, SnapshotTrigger snapshots,
        int maxAppendsInFlight) {

    private static final String DIRECTORY_NAME = "__cluster_metadata";
    /// Past 512 a leader that waits for its own disk was seen to lose its place.
    private static final int DEFAULT_APPENDS_IN_FLIGHT = 64;

    private static final int RANK_OF_ADDED = 2;

    /// How long things may take, in milliseconds.
    ///
    /// @param minElectionMs without a leader for at least this long, a voter calls an election
    /// @param maxElectionMs and after this long at the latest
    /// @param firstElectionMs the same after a start, for the voter with the lowest id; the others wait longer, each
    ///     until the one before it should lead
    /// @param appendDeadlineMs after it, the outcome of an append is unknown
    public record Timing(int minElectionMs, int maxElectionMs, int firstElectionMs, long appendDeadlineMs) {
        public static final Timing DEFAULT = new Timing(1_000, 2_000, 40, 10_000);
    }

    /// A snapshot is due once any of these has come together since the last one.
    public record SnapshotTrigger(long batchCount, long sizeBytes, long ageMs) {
        public static final SnapshotTrigger DEFAULT = new SnapshotTrigger(20_000, 16 * 1024 * 1024, 3_600_000);
    }

    public RatisSettings {
        voters = List.copyOf(voters);
        Invariant.check(0 < maxAppendsInFlight, "at least one append is in flight");
    }

    /// A quorum of one, below the first of the log directories.
    public static RatisSettings alone(Path firstLogDirectory, int nodeId) {
        return among(firstLogDirectory, nodeId, List.of(nodeId));
    }

    /// One of several voters, below the first of the log directories.
    public static RatisSettings among(Path firstLogDirectory, int nodeId, List<Integer> voterIds) {
        return among(firstLogDirectory, nodeId, VoterSet.of(voterIds.stream().map(Voter::of).toList()));
    }

    /// One of several voters, below the first of the log directories.
    public static RatisSettings among(Path firstLogDirectory, int nodeId, VoterSet voters) {
        return new RatisSettings(firstLogDirectory.resolve(DIRECTORY_NAME), nodeId,
                RatisVoters.peers(voters.voters()), Timing.DEFAULT, SnapshotTrigger.DEFAULT,
                DEFAULT_APPENDS_IN_FLIGHT);
    }

    /// A node that votes once it has been added to the voters of a running quorum.
    public static RatisSettings joining(Path firstLogDirectory, int nodeId) {
        return among(firstLogDirectory, nodeId, VoterSet.EMPTY);
    }

    public RatisSettings withTiming(Timing other) {
        return new RatisSettings(directory, nodeId, voters, other, snapshots, maxAppendsInFlight);
    }

    public RatisSettings withSnapshots(SnapshotTrigger other) {
        return new RatisSettings(directory, nodeId, voters, timing, other, maxAppendsInFlight);
    }

    public RatisSettings withMaxAppendsInFlight(int other) {
        return new RatisSettings(directory, nodeId, voters, timing, snapshots, other);
    }

    boolean isSingleVoter() {
        return isFounder() && voters.size() == 1;
    }

    /// Whether this node is among those who found the quorum.
    boolean isFounder() {
        return voters.stream().anyMatch(peer -> RatisVoters.id(peer) == nodeId);
    }

    /// How many come before this node in the order in which voters call the first election after a start. Those that
    /// were added later come after the founders that are most likely there.
    int rank() {
        return isFounder()
                ? (int) voters.stream().filter(peer -> RatisVoters.id(peer) < nodeId).count()
                : RANK_OF_ADDED;
    }

    List<Integer> founderIds() {
        return voters.stream().map(RatisVoters::id).toList();
    }

    /// The founders' ids without this node's.
    List<Integer> otherFounders() {
        return founderIds().stream().filter(id -> id != nodeId).toList();
    }
}
