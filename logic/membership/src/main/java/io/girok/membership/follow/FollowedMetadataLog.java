package io.girok.membership.follow;

import io.girok.base.Invariant;
import io.girok.base.Shard;
import io.girok.membership.follow.FollowerCodec.Answered;
import io.girok.membership.follow.FollowerCodec.Asked;
import io.girok.metadata.AcceptRule;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.Voter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metadata log of a node that does not vote: it asks voters for what they have committed. Thread-safe; its state
/// belongs to its shard, its listener is called by the delivering executor.
public final class FollowedMetadataLog implements MetadataLog {
    /*
     *            +----------------------------------------------------------------+
     *            v                                                                |
     *   one question under way --batches, or the last part of a snapshot--> being delivered
     *        ^   |                                                                |
     *        +---+ nothing new, a part of a snapshot, no answer (the next voter)  +--> kept on disk, now and then
     *
     * There is one question at a time, and none while something is delivered: so what is delivered follows what was
     * delivered before, whichever voters it comes from, and at most one answer is in memory. A voter has delivered to
     * its own node what it hands on, so it is committed; two voters can't disagree about it. If they do, or if the node
     * that answers is another cluster's, this node must not go on.
     */
    private static final Logger LOG = LoggerFactory.getLogger(FollowedMetadataLog.class);
    private static final int WAIT_MS = 1_000;
    private static final long REST_MS = 50;
    private static final int MAX_BARRIER_ATTEMPTS = 200;
    private static final int MAX_SNAPSHOT_BYTES = 1 << 30;
    private static final long RECORDS_PER_COPY = 20_000;
    private static final int FAILURES_PER_COMPLAINT = 200;

    /// Who follows, and whom.
    ///
    /// @param fetches the answers to these take up to [#maxAnswerDelayMs] longer than the way
    /// @param barriers on connections of their own, so that they overtake fetches
    public record Voters(int nodeId, String clusterId, List<Integer> ids, VoterCalls fetches, VoterCalls barriers) {
        public Voters {
            ids = List.copyOf(ids);
        }
    }

    /// @param delivery runs one task at a time, in order
    public record Surroundings(Shard shard, Executor delivery, Executor blockingPool, MetadataCopy copy) {}

    private final Voters voters;
    private final Shard shard;
    private final Executor delivery;
    private final CopyKeeper copies;
    private final VoterRing ring;
    private final BarrierWaits barriers = new BarrierWaits();
    private volatile Leadership leadership = new Leadership(-1, 0, false);
    /// The one that was said last to lead; kept while nobody says who does.
    private volatile @Nullable Voter leader;
    private volatile @Nullable MetadataListener listener;
    private volatile boolean isClosed;
    private LogPosition position = LogPosition.START;
    private @Nullable Assembly assembly;
    private int failures;

    /// A snapshot of which not all parts are there.
    private record Assembly(LogPosition covered, int sizeBytes, ByteArrayOutputStream parts) {}

    public FollowedMetadataLog(Voters voters, Surroundings surroundings) {
        this.voters = voters;
        this.shard = surroundings.shard();
        this.delivery = surroundings.delivery();
        this.copies = new CopyKeeper(surroundings.copy(), surroundings.blockingPool());
        this.ring = new VoterRing(voters.ids(), voters.nodeId());
    }

    /// How long a voter may keep a question.
    public static long maxAnswerDelayMs() {
        return WAIT_MS;
    }

    /// To which cluster a voter belongs, for a node that does not know its own yet.
    public static CompletableFuture<String> clusterOf(int voterId, VoterCalls calls) {
        return calls.ask(voterId, FollowerCodec.encode(new Asked("", new Question.Barrier())))
                .thenApply(answer -> FollowerCodec.decodeAnswer(answer).clusterId());
    }

    @Override
    public void start(MetadataListener listenerOfAll) {
        Invariant.check(listener == null && !isClosed, "a metadata log is started once");
        listener = listenerOfAll;
        delivery.execute(() -> {
            LogPosition begin = copies.load(listenerOfAll);
            shard.execute(() -> {
                position = begin;
                ask();
            });
        });
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    /// Of the leader only.
    @Override
    public @Nullable Voter voter(int voterId) {
        Voter known = leader;
        return known == null || known.id() != voterId ? null : known;
    }

    private void ask() {
        Assembly begun = assembly;
        Question question = begun == null
                ? new Question.Fetch(position, ring.leadership(), WAIT_MS)
                : new Question.MoreOfSnapshot(begun.covered().endOffset() - 1, begun.parts().size());
        if (isClosed) {
            return;
        }
        int voter = ring.voter();
        var _ = voters.fetches().ask(voter, encoded(question)).handle((answer, failure) -> {
            shard.execute(() -> {
                if (isClosed) {
                    return;
                }
                if (failure == null) {
                    read(voter, answer);
                } else {
                    failed("no answer: " + failure.getMessage());
                }
            });
            return true;
        });
    }

    private byte[] encoded(Question question) {
        return FollowerCodec.encode(new Asked(voters.clusterId(), question));
    }

    private void read(int voter, byte[] bytes) {
        Answered answered;
        try {
            answered = FollowerCodec.decodeAnswer(bytes);
        } catch (FollowerCodec.Unreadable e) {
            failed(e.getMessage());
            return;
        }
        switch (answered.answer()) {
            case Answer.Batches(List<CommittedBatch> batches) -> takeBatches(answered, batches);
            case Answer.SnapshotPart part -> takePart(answered, part);
            case Answer.OtherCluster _ -> fail("node " + voter + " belongs to the cluster '" + answered.clusterId()
                    + "', this node's log directories to '" + voters.clusterId()
                    + "': set log.dirs and controller.quorum.voters to what belongs together");
            case Answer.Diverged(long epoch) -> fail("this node has metadata up to the record at offset "
                    + (position.endOffset() - 1) + " of epoch " + position.lastEpoch() + ", but at node " + voter
                    + " that record is of epoch " + epoch + ": one of them has lost what was committed. To have this "
                    + "node take what the voters have, delete __cluster_metadata in its first log directory");
            case Answer.UpTo _ -> failed("an answer to nothing that was asked");
            case Answer.Unable _ -> failed("the voter has no snapshot to give");
        }
    }

    private void takeBatches(Answered answered, List<CommittedBatch> batches) {
        LogPosition after = position;
        for (CommittedBatch batch : batches) {
            if (batch.firstOffset() != after.endOffset() || batch.records().isEmpty()) {
                failed("records from offset " + batch.firstOffset() + " on; wanted: from " + after.endOffset());
                return;
            }
            after = LogPosition.after(batch);
        }
        heard(answered);
        if (batches.isEmpty()) {
            askAgain();
            return;
        }
        deliver(after, to -> batches.forEach(batch -> to.onCommit(batch.epoch(), batch.firstOffset(),
                batch.records())));
    }

    private void takePart(Answered answered, Answer.SnapshotPart part) {
        LogPosition covered = new LogPosition(part.lastOffset() + 1, part.lastEpoch());
        if (part.position() == 0) {
            assembly = new Assembly(covered, part.sizeBytes(), new ByteArrayOutputStream());
        }
        Assembly present = assembly;
        if (present == null || !present.covered().equals(covered) || present.parts().size() != part.position()
                || MAX_SNAPSHOT_BYTES < part.sizeBytes() || covered.endOffset() <= position.endOffset()
                || (part.bytes().remaining() == 0 && part.position() < part.sizeBytes())) {
            failed("a part of a snapshot, at " + part.position() + " of " + part.sizeBytes()
                    + " bytes, that does not fit");
            return;
        }
        byte[] bytes = new byte[part.bytes().remaining()];
        part.bytes().get(bytes);
        present.parts().writeBytes(bytes);
        if (present.parts().size() < present.sizeBytes()) {
            // The next part is this voter's, whoever leads.
            ask();
            return;
        }
        assembly = null;
        heard(answered);
        deliver(covered, to -> to.onSnapshot(part.lastOffset(), part.lastEpoch(),
                new ByteArrayInputStream(present.parts().toByteArray())));
    }

    /// Something for the listener.
    private interface News {
        void tell(MetadataListener listener) throws IOException;
    }

    private void deliver(LogPosition after, News news) {
        delivery.execute(() -> {
            MetadataListener told = listener;
            if (isClosed || told == null) {
                return;
            }
            try {
                news.tell(told);
            } catch (IOException | RuntimeException e) {
                told.onFatal(e);
                return;
            }
            copies.delivered(after, RECORDS_PER_COPY, told);
            shard.execute(() -> {
                position = after;
                barriers.reached(after.endOffset() - 1);
                askAgain();
            });
        });
    }

    private void heard(Answered answered) {
        failures = 0;
        ring.answered(answered.leadership());
        Voter said = answered.leader();
        if (said != null && said.id() == ring.leadership().leaderId()) {
            leader = said;
        }
        leadership = ring.leadership();
    }

    private void failed(@Nullable String why) {
        failures++;
        if (failures % FAILURES_PER_COMPLAINT == 0) {
            LOG.warn("no voter tells this node what the cluster decides, after {} attempts; node {}: {}", failures,
                    ring.voter(), why);
        }
        assembly = null;
        ring.failed();
        leadership = ring.leadership();
        askAgain();
    }

    private void askAgain() {
        if (ring.hasTriedAll()) {
            var _ = shard.schedule(REST_MS, this::ask);
        } else {
            ask();
        }
    }

    private void fail(String why) {
        MetadataListener told = listener;
        if (told != null) {
            delivery.execute(() -> told.onFatal(new IllegalStateException(why)));
        }
    }

    @Override
    public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
        Optional<NotWritten> tooLarge = AcceptRule.checkSize(records);
        return CompletableFuture.completedFuture(tooLarge.orElseGet(() -> isClosed
                ? new NotWritten(Reason.UNAVAILABLE, "the metadata log is closed")
                : new NotWritten(Reason.NOT_LEADER, "node " + voters.nodeId() + " does not vote; node "
                        + leadership.leaderId() + " leads the metadata log")));
    }

    @Override
    public CompletableFuture<Long> barrier() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        shard.run(() -> askBarrier(done, 1));
        return done;
    }

    /// Of the leader, which knows by itself; a voter that does not lead may be unable to say.
    private void askBarrier(CompletableFuture<Long> done, int attempt) {
        if (isClosed || MAX_BARRIER_ATTEMPTS < attempt) {
            done.completeExceptionally(new IOException(isClosed
                    ? "the metadata log is closed"
                    : "no voter says what is committed"));
            return;
        }
        int leader = leadership.leaderId();
        int voter = voters.ids().contains(leader) ? leader : ring.voter();
        var _ = voters.barriers().ask(voter, encoded(new Question.Barrier())).handle((bytes, failure) -> {
            shard.execute(() -> {
                if (failure == null && readAnswer(bytes) instanceof Answer.UpTo(long last)) {
                    barriers.await(last, position.endOffset() - 1, isClosed, done);
                } else {
                    var _ = shard.schedule(REST_MS, () -> askBarrier(done, attempt + 1));
                }
            });
            return true;
        });
    }

    private static Answer readAnswer(byte[] bytes) {
        try {
            return FollowerCodec.decodeAnswer(bytes).answer();
        } catch (FollowerCodec.Unreadable e) {
            return new Answer.Unable();
        }
    }

    @Override
    public CompletableFuture<@Nullable Void> resign(long epoch) {
        // It never leads.
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        delivery.execute(() -> {
            MetadataListener present = listener;
            if (present == null || isClosed) {
                done.completeExceptionally(new IllegalStateException("the metadata log is not open"));
            } else {
                copies.write(present, done);
            }
        });
        return done;
    }

    @Override
    public void close() {
        isClosed = true;
        leadership = new Leadership(-1, 0, false);
        shard.run(barriers::close);
    }
}
