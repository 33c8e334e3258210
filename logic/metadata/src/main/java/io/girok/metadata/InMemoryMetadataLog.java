package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.metadata.InMemoryQuorum.Batch;
import io.girok.metadata.InMemoryQuorum.Snapshot;
import io.girok.metadata.MetadataListener.SnapshotWriter;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One node's view of an [InMemoryQuorum]. Thread-safe; its listener is called by the executor handed in, which must
/// run one task at a time, in order.
///
/// With a simulated shard as executor nothing happens until the shard runs, so a test or a simulation decides what
/// comes when.
public final class InMemoryMetadataLog implements MetadataLog {
    private static final Leadership NOBODY_LEADS = new Leadership(-1, 0, false);

    private final int id;
    private final InMemoryQuorum quorum;
    private final Executor executor;
    /// How each call that still waits for its answer ends when this node closes.
    private final Queue<Runnable> endings = new ConcurrentLinkedQueue<>();
    private volatile boolean isOpen = true;
    private volatile @Nullable MetadataListener listener;
    private volatile Leadership leadership = NOBODY_LEADS;

    /// Written by the executor only: what was delivered last.
    private volatile long lastOffset = -1;
    /// Owned by the executor, as is the next.
    private long lastEpoch;
    private long leadingEpoch = -1;

    public InMemoryMetadataLog(int id, InMemoryQuorum quorum, Executor executor) {
        this.id = id;
        this.quorum = quorum;
        this.executor = executor;
    }

    /// A log of one node, number 1, with a quorum of its own.
    public static InMemoryMetadataLog alone(Executor executor) {
        return new InMemoryMetadataLog(1, new InMemoryQuorum(executor), executor);
    }

    int id() {
        return id;
    }

    @Override
    public void start(MetadataListener listenerOfAll) {
        Invariant.check(listener == null, "a metadata log is started once");
        listener = listenerOfAll;
        quorum.join(this);
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
        Optional<NotWritten> tooLarge = AcceptRule.checkSize(records);
        if (tooLarge.isPresent()) {
            return CompletableFuture.completedFuture(tooLarge.get());
        }
        if (!isOpen) {
            return CompletableFuture.completedFuture(new NotWritten(Reason.UNAVAILABLE, "the metadata log is closed"));
        }
        CompletableFuture<AppendOutcome> answer = new CompletableFuture<>();
        endWithClose(answer, () -> answer.complete(new Unknown("the metadata log was closed meanwhile")));
        quorum.append(this, new Batch(epoch, baseOffset, List.copyOf(records)), answer);
        return answer;
    }

    @Override
    public CompletableFuture<Long> barrier() {
        CompletableFuture<Long> answer = failedWhenClosed();
        quorum.barrier(this, answer);
        return answer;
    }

    @Override
    public CompletableFuture<@Nullable Void> resign(long epoch) {
        CompletableFuture<@Nullable Void> answer = failedWhenClosed();
        quorum.resign(this, epoch, answer);
        return answer;
    }

    @Override
    public CompletableFuture<VoterChange> changeVoters(VoterSet expected, VoterSet target) {
        CompletableFuture<VoterChange> answer = new CompletableFuture<>();
        endWithClose(answer, () -> answer.complete(new VoterChange.Unknown("the metadata log was closed meanwhile")));
        quorum.changeVoters(this, new InMemoryQuorum.Proposal(expected, target), answer);
        return answer;
    }

    @Override
    public QuorumStatus status() {
        return new QuorumStatus(leadership, lastOffset + 1, quorum.voters()
                .voters()
                .stream()
                .map(voter -> voter.id() == id
                        ? new QuorumStatus.VoterStatus(voter, lastOffset + 1, QuorumStatus.UNKNOWN,
                                QuorumStatus.UNKNOWN)
                        : QuorumStatus.VoterStatus.unknown(voter))
                .toList());
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        CompletableFuture<Long> answer = failedWhenClosed();
        deliver(() -> {
            long covered = lastOffset;
            SnapshotWriter writer = started().captureSnapshot();
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            try {
                writer.writeTo(content);
            } catch (IOException e) {
                answer.completeExceptionally(e);
                return;
            }
            quorum.keep(new Snapshot(covered, lastEpoch, content));
            answer.complete(covered);
        });
        return answer;
    }

    @Override
    public void close() {
        leadership = NOBODY_LEADS;
        isOpen = false;
        endings.forEach(Runnable::run);
        quorum.leave(this);
    }

    /// Runs `event` on the executor, after all earlier ones, unless this node has closed.
    void deliver(Runnable event) {
        executor.execute(() -> {
            if (isOpen) {
                event.run();
            }
        });
    }

    void deliverBatch(Batch batch) {
        deliver(() -> {
            Invariant.check(batch.firstOffset() == lastOffset + 1, "the metadata log has a gap at " + lastOffset);
            lastOffset = batch.lastOffset();
            lastEpoch = batch.epoch();
            started().onCommit(batch.epoch(), batch.firstOffset(), batch.records());
        });
    }

    void deliverSnapshot(Snapshot snapshot) {
        deliver(() -> {
            lastOffset = snapshot.lastOffset();
            lastEpoch = snapshot.epoch();
            try {
                started().onSnapshot(lastOffset, lastEpoch, new ByteArrayInputStream(snapshot.content().toByteArray()));
            } catch (IOException e) {
                started().onFatal(e);
            }
        });
    }

    void hear(Leadership news) {
        deliver(() -> {
            leadership = news;
            if (0 <= leadingEpoch) {
                long ended = leadingEpoch;
                leadingEpoch = -1;
                started().onNotLeader(ended);
            }
            if (news.isLeader()) {
                leadingEpoch = news.epoch();
                started().onLeader(news.epoch());
            }
        });
    }

    private MetadataListener started() {
        MetadataListener present = listener;
        if (present == null) {
            throw Invariant.violated("the metadata log has not been started");
        }
        return present;
    }

    private <T extends @Nullable Object> CompletableFuture<T> failedWhenClosed() {
        CompletableFuture<T> answer = new CompletableFuture<>();
        endWithClose(answer,
                () -> answer.completeExceptionally(new IllegalStateException("the metadata log is closed")));
        return answer;
    }

    private void endWithClose(CompletableFuture<?> answer, Runnable ending) {
        endings.add(ending);
        var _ = answer.whenComplete((result, failure) -> endings.remove(ending));
        if (!isOpen) {
            ending.run();
        }
    }
}
