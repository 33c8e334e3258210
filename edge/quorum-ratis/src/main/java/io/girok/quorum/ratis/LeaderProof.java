package io.girok.quorum.ratis;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/// Proves that this node leads: a majority of the voters takes from it, as from its leader, what it has sent after it
/// was asked (Raft's dissertation, section 6.4). Thread-safe.
///
/// Ratis' own reads prove less. Once a majority has confirmed a commit index, its leader answers from memory for as
/// long as nothing more is committed; so does one that was frozen meanwhile, when another leads.
final class LeaderProof {
    /// What a voter has taken last, by the order of sending.
    private record Taken(long term, long number) {}

    private record Question(long term, long number, Supplier<RaftConfiguration> voters,
            CompletableFuture<@Nullable Void> answer) {}

    private final RaftPeerId self;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<RaftPeerId, Taken> taken = new ConcurrentHashMap<>();
    private final Map<RaftPeerId, LogAppender> appenders = new ConcurrentHashMap<>();
    private final Set<Question> questions = ConcurrentHashMap.newKeySet();

    LeaderProof(RaftPeerId self) {
        this.self = self;
    }

    /// Who sends to a voter from now on.
    void sendsBy(LogAppender appender) {
        appenders.put(appender.getFollowerId(), appender);
    }

    /// The number of what is sent now.
    long sending() {
        return numbers.incrementAndGet();
    }

    /// `voter` has taken what was sent with that number by the leader of `term`.
    void taken(RaftPeerId voter, long term, long number) {
        taken.merge(voter, new Taken(term, number), (one, other) -> one.number < other.number ? other : one);
        questions.forEach(this::settle);
    }

    /// Done when this node leads; fails when it ceases to, or that is not known after `limitMs`. Where it does not
    /// lead, Ratis asks the leader when it reads, and there is nothing to prove.
    CompletableFuture<@Nullable Void> ask(RaftServer.Division division, long limitMs) {
        if (!division.getInfo().isLeader()) {
            return CompletableFuture.completedFuture(null);
        }
        Question question = new Question(division.getInfo().getCurrentTerm(), sending(), division::getRaftConf,
                new CompletableFuture<>());
        questions.add(question);
        CompletableFuture<@Nullable Void> answer = question.answer.orTimeout(limitMs, TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> questions.remove(question));
        settle(question);
        if (!answer.isDone()) {
            appenders.values().forEach(LogAppender::triggerHeartbeat);
        }
        return answer;
    }

    /// This node does not lead any more.
    void end() {
        questions.forEach(question -> question.answer.completeExceptionally(
                new IOException("this node does not lead the metadata log any more")));
    }

    private void settle(Question question) {
        RaftConfiguration voters = question.voters.get();
        if (isMajority(question, voters.getCurrentPeers()) && (voters.getPreviousPeers().isEmpty()
                || isMajority(question, voters.getPreviousPeers()))) {
            question.answer.complete(null);
        }
    }

    private boolean isMajority(Question question, Collection<RaftPeer> voters) {
        long count = voters.stream().filter(voter -> follows(voter.getId(), question)).count();
        return voters.size() < 2 * count;
    }

    private boolean follows(RaftPeerId voter, Question question) {
        Taken last = taken.get(voter);
        return voter.equals(self)
                || (last != null && last.term == question.term && question.number < last.number);
    }
}
