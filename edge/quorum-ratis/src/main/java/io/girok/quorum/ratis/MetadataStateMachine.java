package io.girok.quorum.ratis;

import io.girok.base.Invariant;
import io.girok.metadata.AcceptRule;
import io.girok.metadata.MetadataListener.SnapshotWriter;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.quorum.ratis.SnapshotFiles.Extent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/// Turns Raft's entries into the metadata log: applies the accept rule and gives out offsets. Its state is owned by the
/// thread on which Ratis applies entries.
///
/// Raft's indices also count elections and refused batches, so they are not our offsets. The epoch of a batch is the
/// term of the entry that carries it: a batch whose writer was deposed before Raft took it bears another epoch than its
/// entry and is a no-op, on every node and in every replay alike.
final class MetadataStateMachine extends BaseStateMachine {
    private static final long NOT_LEADING = -1;

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final SnapshotFiles snapshots = new SnapshotFiles(storage);
    private final Delivery delivery;
    private final SnapshotSchedule schedule;
    private final Owner owner;
    private volatile boolean isClosing;
    private volatile boolean isClosed;
    private volatile long coveredOffset = -1;
    private volatile @Nullable IOException snapshotFailure;
    private final RaftOffsets offsets = new RaftOffsets();
    /// Written by the thread on which Ratis applies entries only.
    private volatile long nextOffset;
    private long lastEpoch;
    private long currentTerm;
    /// Owned by the delivery's thread.
    private long announcedEpoch = NOT_LEADING;

    /// How an append ended, on its way through Ratis to the one who asked; it stays inside this process.
    record OutcomeMessage(AppendOutcome outcome) implements Message {
        @Override
        public ByteString getContent() {
            return ByteString.EMPTY;
        }
    }

    /// The offset up to which the listener knows everything.
    record OffsetMessage(long offset) implements Message {
        @Override
        public ByteString getContent() {
            return ByteString.EMPTY;
        }
    }

    /// Who is told of what comes to pass inside Ratis.
    interface Owner {
        /// The append of this call id goes into the log.
        void onEntering(long callId);

        /// This node does not lead any more.
        void onNotLeader();

        /// Ratis has closed this by itself; true when the owner goes on without it.
        boolean onClosed();
    }

    MetadataStateMachine(Delivery delivery, SnapshotSchedule schedule, Owner owner) {
        this.delivery = delivery;
        this.schedule = schedule;
        this.owner = owner;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, groupId, raftStorage);
            storage.init(raftStorage);
            snapshots.openIn(raftStorage.getStorageDir().getTmpDir().toPath());
            load();
        });
    }

    /// A snapshot of the leader's is about to take the place of what there is, and of the log, which Ratis purges then.
    /// Ratis syncs nothing of it.
    @Override
    public void pause() {
        try {
            snapshots.syncInstalled();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        storage.loadLatestSnapshot();
        load();
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
        if (latest == null) {
            return;
        }
        try {
            snapshots.read(latest, (extent, in) -> {
                delivery.tell(listener -> {
                    delivery.snapshot(extent.lastOffset(), extent.epoch(), in);
                    return extent;
                }).join();
                nextOffset = extent.lastOffset() + 1;
                lastEpoch = extent.epoch();
                coveredOffset = extent.lastOffset();
            });
        } catch (CompletionException e) {
            throw new IOException("cannot take in the metadata snapshot '" + latest.getFile().getPath() + "'",
                    e.getCause());
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot read the metadata snapshot '" + latest.getFile().getPath() + "'", e);
        }
        offsets.startAt(latest.getIndex(), nextOffset);
        setLastAppliedTermIndex(latest.getTermIndex());
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        var request = transaction.getClientRequest();
        if (request != null) {
            owner.onEntering(request.getCallId());
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        if (entry == null) {
            throw Invariant.violated("Ratis applies a transaction without a log entry");
        }
        ByteString data = entry.getStateMachineLogEntry().getLogData();
        try {
            Batch batch = Batch.decode(data.asReadOnlyByteBuffer());
            CompletableFuture<Message> applied = apply(entry.getTerm(), batch, data.size());
            offsets.applied(entry.getIndex(), nextOffset);
            return applied;
        } catch (IOException e) {
            IOException withPlace = new IOException(
                    "entry " + entry.getIndex() + " of the metadata log cannot be read: " + e.getMessage(), e);
            delivery.fail(withPlace);
            return CompletableFuture.failedFuture(withPlace);
        } finally {
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        }
    }

    private CompletableFuture<Message> apply(long term, Batch batch, int sizeBytes) {
        AppendOutcome outcome = AcceptRule.judge(
                term, nextOffset, batch.epoch(), batch.baseOffset(), batch.records().size());
        if (outcome instanceof Appended appended) {
            nextOffset = appended.lastOffset() + 1;
            lastEpoch = term;
        }
        schedule.count(sizeBytes);
        return delivery.commit(listener -> {
            if (outcome instanceof Appended) {
                delivery.records(term, batch.baseOffset(), batch.records());
            }
            return new OutcomeMessage(outcome);
        });
    }

    /// Answers a barrier: Ratis asks once all that the barrier is to see has been applied.
    @Override
    public CompletableFuture<Message> query(Message request) {
        return delivery.tell(listener -> new OffsetMessage(delivery.deliveredOffset()));
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex upTo = getLastAppliedTermIndex();
        if (upTo == null || upTo.getIndex() < 0 || isClosing) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        Extent extent = new Extent(nextOffset - 1, lastEpoch);
        SnapshotWriter content = delivery.<@Nullable SnapshotWriter>tell(
                listener -> delivery.deliveredOffset() == extent.lastOffset() ? listener.captureSnapshot() : null)
                .join();
        if (content == null) {
            // The listener knows more than Raft has brought: this node followed others before.
            schedule.startAgain();
            return RaftLog.INVALID_LOG_INDEX;
        }
        try {
            snapshots.write(upTo, extent, content);
            coveredOffset = extent.lastOffset();
            snapshotFailure = null;
            return upTo.getIndex();
        } catch (IOException e) {
            // Thrown, Ratis would wait for this snapshot until its time-out, and take no other before.
            snapshotFailure = e;
            return RaftLog.INVALID_LOG_INDEX;
        } finally {
            schedule.startAgain();
        }
    }

    /// Why there is no snapshot of what was to be in the last one; null when there is one. Safe for any thread.
    @Nullable
    IOException snapshotFailure() {
        return snapshotFailure;
    }

    /// Of all that has been applied. Safe for any thread.
    long endOffset() {
        return nextOffset;
    }

    /// The end offset after the entry `index` of the Raft log, if that is known. Safe for any thread.
    long endAt(long index) {
        return offsets.endAt(index);
    }

    /// The last offset in the latest snapshot; -1 without one. Safe for any thread.
    long coveredOffset() {
        return coveredOffset;
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        currentTerm = term;
    }

    /// Comes once this leader has applied the first entry of its term, so all earlier commits are on their way.
    @Override
    public void notifyLeaderReady() {
        long epoch = currentTerm;
        var _ = delivery.tell(listener -> {
            announcedEpoch = epoch;
            listener.onLeader(epoch);
            return epoch;
        });
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        owner.onNotLeader();
        var _ = delivery.tell(listener -> {
            long ended = announcedEpoch;
            announcedEpoch = NOT_LEADING;
            if (ended != NOT_LEADING) {
                listener.onNotLeader(ended);
            }
            return ended;
        });
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        delivery.fail(new IOException("the metadata log cannot be written", cause));
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto roleInfo, boolean allServer) {
        failUnlessClosing();
    }

    @Override
    public void close() {
        isClosed = true;
        failUnlessClosing();
    }

    /// Whether Ratis has closed this; it applies and writes nothing any more.
    boolean isClosed() {
        return isClosed;
    }

    private void failUnlessClosing() {
        if (!isClosing && !owner.onClosed()) {
            delivery.fail(new IOException("Ratis has stopped the metadata log; see the log lines before this one"));
        }
    }

    /// From here on an end is no surprise.
    void expectClose() {
        isClosing = true;
    }
}
