package io.girok.membership.follow;

import io.girok.base.Shard;
import io.girok.membership.follow.FollowerCodec.Answered;
import io.girok.membership.follow.FollowerCodec.Asked;
import io.girok.membership.follow.RecentCommits.Found;
import io.girok.membership.follow.SnapshotParts.Captured;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.Leadership;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Hands on to followers what is committed to the metadata log, and to its own node's listener first. Thread-safe: what
/// followers ask is answered on its shard, which owns the state.
///
/// The end of the log is kept in memory; who is further behind gets a snapshot. An answer names the leader this node
/// knows and where it listens, so that followers find a new one as soon as the voters do.
public final class MetadataFeed implements MetadataListener {
    private static final int MAX_KEPT_BATCHES = 4_096;
    private static final long MAX_KEPT_BYTES = 4 * 1024 * 1024;
    private static final long MAX_ANSWER_BYTES = 1024 * 1024;
    private static final int MAX_WAIT_MS = 10_000;
    /// Who comes when so many wait is answered at once, and comes again.
    private static final int MAX_WAITING = 1_000;
    /// A voter is not told who leads; it has to look.
    private static final long LOOK_INTERVAL_MS = 20;

    private final String clusterId;
    private final MetadataListener listener;
    private final MetadataLog log;
    private final Shard shard;
    private final RecentCommits recent = new RecentCommits(MAX_KEPT_BATCHES, MAX_KEPT_BYTES);
    private final SnapshotParts snapshots;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    /// Written by the delivering thread.
    private volatile Captured captured;
    private boolean isLooking;

    /// A follower that has all there is.
    private record Waiting(Question.Fetch fetch, CompletableFuture<byte[]> answer) {}

    /// @param listener of this node
    /// @param blockingPool where snapshots are written to memory
    public MetadataFeed(String clusterId, MetadataListener listener, MetadataLog log, Shard shard,
            Executor blockingPool) {
        this.clusterId = clusterId;
        this.listener = listener;
        this.log = log;
        this.shard = shard;
        this.captured = new Captured(LogPosition.START, listener.captureSnapshot());
        this.snapshots = new SnapshotParts(shard, blockingPool, () -> captured);
    }

    @Override
    public void onCommit(long epoch, long firstOffset, List<byte[]> records) {
        listener.onCommit(epoch, firstOffset, records);
        CommittedBatch batch = new CommittedBatch(epoch, firstOffset, records);
        captured = new Captured(LogPosition.after(batch), listener.captureSnapshot());
        shard.execute(() -> {
            recent.add(batch);
            answerWaiting();
        });
    }

    @Override
    public void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException {
        listener.onSnapshot(lastOffset, epoch, in);
        LogPosition position = new LogPosition(lastOffset + 1, epoch);
        captured = new Captured(position, listener.captureSnapshot());
        shard.execute(() -> {
            recent.restart(position);
            answerWaiting();
        });
    }

    @Override
    public SnapshotWriter captureSnapshot() {
        return listener.captureSnapshot();
    }

    @Override
    public void onLeader(long epoch) {
        listener.onLeader(epoch);
        shard.execute(this::answerWaiting);
    }

    @Override
    public void onNotLeader(long epoch) {
        listener.onNotLeader(epoch);
    }

    @Override
    public void onFatal(Throwable cause) {
        listener.onFatal(cause);
    }

    /// Answers what a [FollowedMetadataLog] asks; fails when the bytes are no question.
    public CompletableFuture<byte[]> onRequest(byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        shard.run(() -> {
            try {
                answer(FollowerCodec.decodeQuestion(request), answer);
            } catch (FollowerCodec.Unreadable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void answer(Asked asked, CompletableFuture<byte[]> answer) {
        if (!asked.clusterId().equals(clusterId)) {
            answer.complete(encoded(new Answer.OtherCluster()));
            return;
        }
        switch (asked.question()) {
            case Question.Fetch fetch -> fetch(new Waiting(fetch, answer));
            case Question.MoreOfSnapshot more ->
                whenDone(snapshots.more(more.lastOffset(), more.position()), answer);
            case Question.Barrier _ -> whenDone(log.barrier().thenApply(Answer.UpTo::new), answer);
        }
    }

    private void whenDone(CompletableFuture<? extends Answer> result, CompletableFuture<byte[]> answer) {
        var _ = result.handle((done, failure) -> answer
                .complete(encoded(failure == null ? done : new Answer.Unable())));
    }

    private byte[] encoded(Answer answer) {
        Leadership leadership = log.leadership();
        return FollowerCodec.encode(new Answered(clusterId, leadership, answer,
                leadership.leaderId() < 0 ? null : log.voter(leadership.leaderId())));
    }

    private void fetch(Waiting asked) {
        if (answered(asked)) {
            return;
        }
        if (waiting.size() == MAX_WAITING) {
            giveUp(asked);
            return;
        }
        waiting.add(asked);
        var _ = shard.schedule(Math.clamp(asked.fetch().waitMs(), 0, MAX_WAIT_MS), () -> {
            if (waiting.remove(asked)) {
                giveUp(asked);
            }
        });
        look();
    }

    private void giveUp(Waiting asked) {
        asked.answer().complete(encoded(new Answer.Batches(List.of())));
    }

    /// Whether there is an answer already.
    private boolean answered(Waiting asked) {
        switch (recent.after(asked.fetch().position(), MAX_ANSWER_BYTES)) {
            case Found.Next(List<CommittedBatch> batches) -> {
                if (batches.isEmpty() && isSame(asked.fetch().known(), log.leadership())) {
                    return false;
                }
                asked.answer().complete(encoded(new Answer.Batches(batches)));
            }
            case Found.TooFarBehind _ -> whenDone(snapshots.first(recent.beginOffset()), asked.answer());
            case Found.Diverged(long epoch) -> asked.answer().complete(encoded(new Answer.Diverged(epoch)));
        }
        return true;
    }

    private static boolean isSame(Leadership one, Leadership other) {
        return one.leaderId() == other.leaderId() && one.epoch() == other.epoch();
    }

    private void answerWaiting() {
        waiting.removeIf(this::answered);
    }

    private void look() {
        if (!isLooking) {
            isLooking = true;
            var _ = shard.schedule(LOOK_INTERVAL_MS, () -> {
                isLooking = false;
                answerWaiting();
                if (!waiting.isEmpty()) {
                    look();
                }
            });
        }
    }
}
