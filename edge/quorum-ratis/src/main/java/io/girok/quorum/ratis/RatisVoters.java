package io.girok.quorum.ratis;

import io.girok.base.Clock;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterChange.Reason;
import io.girok.metadata.VoterSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/// Who votes in the Raft group, where they are, and how far they have come. Thread-safe.
///
/// A voter's address is kept in Raft's own configuration, and so in the log and its snapshots of every voter.
final class RatisVoters {
    private final RaftServer.Division division;
    private final MetadataStateMachine machine;
    private final PeerBook book;
    private final VoterTransport transport;
    private final Clock clock;
    private final long silentMs;
    private final AtomicBoolean isChanging = new AtomicBoolean();

    /// How the others are met.
    ///
    /// @param silentMs a voter that was not heard of for so long is taken for one that can't be reached
    record Surroundings(PeerBook book, VoterTransport transport, Clock clock, long silentMs) {}

    RatisVoters(RaftServer.Division division, MetadataStateMachine machine, Surroundings surroundings) {
        this.division = division;
        this.machine = machine;
        this.book = surroundings.book();
        this.transport = surroundings.transport();
        this.clock = surroundings.clock();
        this.silentMs = surroundings.silentMs();
    }

    /// Whether this node votes, as far as it knows: who leads was told wrong, or before.
    boolean isVoter() {
        boolean isOut = book.isOut() && !division.getInfo().isLeader();
        return !book.isWaiting() && !isOut && present().contains(id(division.getId()));
    }

    /// Whether Ratis has begun to start, and can't say yet what there is.
    boolean areBeingOpened() {
        return division.getInfo().isAlive() && division.getInfo().getCurrentRole() == null;
    }

    /// Whether nobody votes but nodes of `ids`, as far as this node knows.
    boolean areAll(Collection<Integer> ids) {
        return ids.containsAll(present().ids());
    }

    /// Whether this node has anything that was ever committed.
    boolean haveLog() {
        return !division.getInfo().isAlive() || 0 < division.getRaftLog().getNextIndex()
                || 0 <= machine.coveredOffset();
    }

    static int id(RaftPeer peer) {
        return id(peer.getId());
    }

    static int id(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }

    static RaftPeerId peerId(int voterId) {
        return RaftPeerId.valueOf(Integer.toString(voterId));
    }

    static RaftPeer peer(Voter voter) {
        RaftPeer.Builder builder = RaftPeer.newBuilder().setId(Integer.toString(voter.id()));
        return voter.hasAddress() ? builder.setAddress(voter.host() + ":" + voter.port()).build() : builder.build();
    }

    static Voter voter(RaftPeer peer) {
        String address = peer.getAddress();
        int colon = address == null ? -1 : address.lastIndexOf(':');
        return address == null || colon <= 0
                ? Voter.of(id(peer))
                : new Voter(id(peer), address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /// As this node has them in its log, perhaps not committed yet.
    VoterSet present() {
        return VoterSet.of(division.getRaftConf().getCurrentPeers().stream().map(RatisVoters::voter).toList());
    }

    /// As the log has it, perhaps not committed yet; null when it has no such voter.
    @Nullable
    Voter find(int voterId) {
        RaftPeer peer = division.getRaftConf().getPeer(peerId(voterId));
        return peer == null ? null : voter(peer);
    }

    /// Why `target` can't take the place of `expected` now, as far as that shows before it is tried.
    ///
    /// @param isNamedAlone whether this node's settings name it as the only voter
    Optional<VoterChange> refusal(Leadership leadership, boolean isNamedAlone, VoterSet expected, VoterSet target) {
        VoterSet present = present();
        VoterSet added = target.without(present);
        if (!division.getInfo().isLeader()) {
            return refused(Reason.NOT_LEADER, "node " + leadership.leaderId() + " leads the metadata log");
        }
        if (!present.ids().equals(expected.ids())) {
            return refused(Reason.OTHER_VOTERS, "the voters are " + present.ids() + ", not " + expected.ids());
        }
        if (!division.getRaftConf().getPreviousPeers().isEmpty()) {
            // Until it is over, one that is being removed may be a voter still, and must not be admitted anew.
            return refused(Reason.IN_PROGRESS, "the voters are being changed to " + present.ids());
        }
        if (target.size() == 0) {
            return refused(Reason.INVALID, "somebody must vote");
        }
        if (isNamedAlone && 0 < added.size()) {
            // Without its disk it would found a cluster of its own, of the same Raft group.
            int self = id(division.getId());
            return refused(Reason.INVALID, "the controller.quorum.voters of node " + self + ", which leads, names no "
                    + "other node: set it there to all that are to vote, node " + self + " among them, start node "
                    + self + " again, and add the others then");
        }
        boolean isFromOneToTwo = present.size() == 1 && target.size() == 2 && added.size() == 1;
        if (target.size() - added.size() <= added.size() && !isFromOneToTwo) {
            return refused(Reason.INVALID, "of the voters " + target.ids() + ", " + added.ids()
                    + " would not have voted before: more than half must have");
        }
        long reached = added.size() + target.ids().stream().filter(this::isReached).count();
        return reached < target.majority()
                ? refused(Reason.UNREACHABLE, "of the voters " + target.ids() + ", only " + reached + " would answer")
                : Optional.empty();
    }

    private static Optional<VoterChange> refused(Reason reason, String detail) {
        return Optional.of(VoterChange.refused(reason, detail));
    }

    private boolean isReached(int voterId) {
        return voterId == id(division.getId())
                || followers().stream()
                        .anyMatch(follower -> idOf(follower) == voterId
                                && follower.getLastRpcElapsedTimeMs() < silentMs);
    }

    private List<ServerRpcProto> followers() {
        // Until it has its role, Ratis can't say which.
        return division.getInfo().getCurrentRole() == null
                ? List.of()
                : division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    }

    private static int idOf(ServerRpcProto follower) {
        return Integer.parseInt(follower.getId().getId().toStringUtf8());
    }

    /// Does `change` once those that are to be added have said that they can be. While it is under way, they are
    /// looked for where they are said to be; one change at a time, so that it ends with its own.
    CompletableFuture<VoterChange> change(VoterSet added, Supplier<CompletableFuture<VoterChange>> change) {
        if (!isChanging.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(
                    VoterChange.refused(Reason.IN_PROGRESS, "the voters are being changed already"));
        }
        book.tell(added.voters());
        return CompletableFuture.completedFuture(added)
                .thenCompose(this::unfit)
                .thenCompose(unfit -> unfit.isPresent()
                        ? CompletableFuture.completedFuture(unfit.get())
                        : change.get())
                .whenComplete((ended, failure) -> {
                    book.forget();
                    isChanging.set(false);
                });
    }

    /// Asks those that are to be added; ends in why one of them can't be, if so.
    private CompletableFuture<Optional<VoterChange>> unfit(VoterSet added) {
        CompletableFuture<Optional<VoterChange>> all = CompletableFuture.completedFuture(Optional.empty());
        for (int id : added.ids()) {
            CompletableFuture<Optional<VoterChange>> one = Founding
                    .ask(transport, Founding.ADMIT, id(division.getId()), id, Founding.Patience.DEFAULT.answerMs())
                    .handle((answer, failure) -> {
                        if (failure != null) {
                            return refused(Reason.UNREACHABLE,
                                    "node " + id + ", which is to be added, does not answer: " + failure.getMessage());
                        }
                        return answer.votes()
                                ? refused(Reason.IN_PROGRESS, "node " + id + " still believes that it votes, here or "
                                        + "in another cluster")
                                : Optional.empty();
                    });
            all = all.thenCombine(one, (before, now) -> before.isPresent() ? before : now);
        }
        return all;
    }

    static SetConfigurationRequest.Arguments arguments(VoterSet expected, VoterSet target) {
        return SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(peers(expected.voters()))
                .setServersInNewConf(peers(target.voters()))
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
    }

    static List<RaftPeer> peers(Collection<Voter> voters) {
        return voters.stream().map(RatisVoters::peer).toList();
    }

    static VoterChange outcome(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply != null && reply.isSuccess()) {
            return new VoterChange.Changed();
        }
        Throwable cause = failure == null && reply != null ? reply.getException() : failure;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String detail = cause == null ? "Ratis gave no reason" : String.valueOf(cause.getMessage());
        return switch (cause) {
            case ReconfigurationInProgressException _ -> VoterChange.refused(Reason.IN_PROGRESS, detail);
            case ReconfigurationTimeoutException _ -> VoterChange.refused(Reason.UNREACHABLE,
                    "a node that is to be added does not catch up: " + detail);
            case SetConfigurationException _ -> VoterChange.refused(Reason.OTHER_VOTERS, detail);
            case LeaderNotReadyException _ -> VoterChange.refused(Reason.NOT_LEADER, detail);
            case null, default -> new VoterChange.Unknown(detail);
        };
    }

    /// Calls an election as if the leader, which is gone, had handed over to this node: without a pre-vote, in which
    /// the others would still speak for it. Does nothing without a log. Whether Ratis has begun one.
    boolean callElection(RaftServer server, int deadId) throws IOException {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        return last != null && server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(header(peerId(deadId), division.getId()))
                .setLeaderLastEntry(last.toProto())
                .build()).getServerReply().getSuccess();
    }

    /// Of what one voter asks of another.
    RaftRpcRequestProto header(RaftPeerId from, RaftPeerId to) {
        return RaftRpcRequestProto.newBuilder()
                .setRequestorId(from.toByteString())
                .setReplyId(to.toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder()
                        .setId(division.getGroup().getGroupId().toByteString()))
                .build();
    }

    /// The one of `candidates` that was heard of last; null when there is none but this node.
    @Nullable
    RaftPeerId successor(VoterSet candidates) {
        return followers().stream()
                .filter(follower -> candidates.contains(idOf(follower)))
                .min(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
                .map(follower -> RaftPeerId.valueOf(follower.getId().getId()))
                .orElse(null);
    }

    QuorumStatus status(Leadership leadership) {
        Map<Integer, VoterStatus> followers = followerStatus();
        long now = clock.wallMs();
        List<VoterStatus> voters = new ArrayList<>();
        for (Voter voter : present().voters()) {
            if (voter.id() == id(division.getId())) {
                voters.add(new VoterStatus(voter, machine.endOffset(), now, leadership.isLeader()
                        ? now
                        : QuorumStatus.UNKNOWN));
            } else {
                VoterStatus known = followers.get(voter.id());
                voters.add(known == null
                        ? VoterStatus.unknown(voter)
                        : new VoterStatus(voter, known.endOffset(), known.lastHeardMs(), known.lastCaughtUpMs()));
            }
        }
        return new QuorumStatus(leadership, machine.endOffset(), voters);
    }

    /// Of all that this node, as the leader, sends to.
    private Map<Integer, VoterStatus> followerStatus() {
        List<ServerRpcProto> followers = followers();
        long[] matches = division.getInfo().getFollowerMatchIndices();
        Map<Integer, VoterStatus> status = new HashMap<>();
        if (matches == null || matches.length != followers.size()) {
            return status;
        }
        long lastIndex = division.getRaftLog().getLastCommittedIndex();
        for (int i = 0; i < matches.length; i++) {
            int id = idOf(followers.get(i));
            long heardMs = clock.wallMs() - followers.get(i).getLastRpcElapsedTimeMs();
            status.put(id, new VoterStatus(Voter.of(id), machine.endAt(matches[i]), heardMs,
                    lastIndex <= matches[i] ? heardMs : QuorumStatus.UNKNOWN));
        }
        return status;
    }
}
