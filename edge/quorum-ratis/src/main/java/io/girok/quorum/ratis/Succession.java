package io.girok.quorum.ratis;

import io.girok.metadata.VoterSet;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls an election when the leader is known to be gone, instead of waiting for a time-out. Thread-safe.
///
/// An election is lost when it is called by one whose log is shorter than another's, and then nobody can call the next:
/// the lost one has raised the term, and Ratis takes no word of a leader of the term before. So all that are left ask
/// each other first how far their logs go, and only those call that nobody has more than, in the order of their ids.
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
    /// How long the second of those who may call an election waits for the first one's, as a share of the time-out that
    /// all this is to save.
    private static final int CANDIDATE_STEPS = 10;
    /// Who does not say in this share of the time-out how far its log goes would not vote in time either.
    private static final int ANSWERS = 2;

    private final RaftServer server;
    private final RaftServer.Division division;
    private final RatisVoters voters;
    private final VoterTransport transport;
    private final Executor executor;
    private final int timeoutMs;

    /// @param timeoutMs without a leader for so long, an election comes by itself
    /// @param executor may be blocked for as long as a disk takes
    Succession(RaftServer server, RaftServer.Division division, RatisVoters voters, VoterTransport transport,
            int timeoutMs, Executor executor) {
        this.server = server;
        this.division = division;
        this.voters = voters;
        this.transport = transport;
        this.timeoutMs = timeoutMs;
        this.executor = executor;
    }

    /// If `deadId` led, this voter calls an election at once, or soon, when others come before it, or leaves it to one
    /// that has more of the log.
    void voterGone(int deadId) {
        VoterSet present = voters.present();
        if (!present.contains(self()) || !isLeader(deadId)) {
            return;
        }
        var _ = rank(present.without(deadId).ids()).thenAccept(rank -> {
            if (rank.isPresent()) {
                var _ = CompletableFuture.runAsync(() -> succeed(deadId), CompletableFuture.delayedExecutor(
                        (long) timeoutMs / CANDIDATE_STEPS * rank.getAsInt(), TimeUnit.MILLISECONDS, executor));
            }
        });
    }

    private int self() {
        return RatisVoters.id(division.getId());
    }

    private boolean isLeader(int voterId) {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader != null && RatisVoters.id(leader) == voterId;
    }

    /// How many of `left` come before this node; empty when one of them has more of the log.
    private CompletableFuture<OptionalInt> rank(Collection<Integer> left) {
        TermIndex own = division.getRaftLog().getLastEntryTermIndex();
        if (own == null) {
            return CompletableFuture.completedFuture(OptionalInt.empty());
        }
        CompletableFuture<OptionalInt> rank = CompletableFuture.completedFuture(OptionalInt.of(0));
        for (int other : List.copyOf(left)) {
            if (other != self()) {
                rank = rank.thenCombine(VoterRpc
                        .lastEntry(transport, voters.header(division.getId(), RatisVoters.peerId(other)))
                        .orTimeout(timeoutMs / ANSWERS, TimeUnit.MILLISECONDS)
                        .handle((last, failure) -> isBefore(other, failure == null ? last : null, own)),
                        Succession::add);
            }
        }
        return rank;
    }

    /// 1 when `other` comes before this node, 0 if not; empty when its log goes beyond `own`.
    private OptionalInt isBefore(int other, @Nullable TermIndex last, TermIndex own) {
        if (last != null && own.compareTo(last) < 0) {
            return OptionalInt.empty();
        }
        boolean hasLess = last != null && last.compareTo(own) < 0;
        return OptionalInt.of(!hasLess && other < self() ? 1 : 0);
    }

    private static OptionalInt add(OptionalInt a, OptionalInt b) {
        return a.isPresent() && b.isPresent() ? OptionalInt.of(a.getAsInt() + b.getAsInt()) : OptionalInt.empty();
    }

    private void succeed(int deadId) {
        if (!division.getInfo().isAlive() || !isLeader(deadId)) {
            return;
        }
        try {
            LOG.info("voter {}, which led the metadata log, is gone; this voter calls an election: {}", deadId,
                    voters.callElection(server, deadId));
        } catch (IOException e) {
            LOG.info("no election could be called after voter {} has gone; it comes with the time-out: {}", deadId,
                    e.getMessage());
        }
    }
}
