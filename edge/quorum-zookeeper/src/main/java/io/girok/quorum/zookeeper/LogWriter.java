package io.girok.quorum.zookeeper;

import io.girok.metadata.AcceptRule;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataLog.Reason;
import io.girok.quorum.zookeeper.Ensemble.Outcome;
import io.girok.quorum.zookeeper.LogTail.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.jspecify.annotations.Nullable;

/// Appends to the log while this node leads. Owned by the engine's thread.
final class LogWriter {
    /*
     * An entry is one transaction: the epoch is the writer's, the entry before is there, this one is not and is made,
     * and the tail is moved. So a deposed writer is refused by the ensemble, and so is whatever was to follow an entry
     * that did not get there, however many are under way.
     *
     *   closed --onLeader--> open --an append was not written as expected--> in doubt --caught up--> open
     *      ^--onNotLeader------/-----------------------------------------------/
     *
     * In doubt, nothing is taken: what the ensemble has is looked up first. Should a doubtful entry get there later
     * still, the ensemble refuses ours, which has the same index.
     */
    private static final long CLOSED = -1;
    private static final int EPOCH_CHECK = 0;

    private final EngineThread engine;
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final LogTail tail;
    private final Barriers barriers;
    private final Runnable onFenced;
    private long epoch = CLOSED;
    private long nextIndex;
    private long nextOffset;
    private int underWayCount;
    private boolean isInDoubt;
    private boolean isCatchingUp;

    /// What someone wants to have appended.
    record Append(long epoch, long baseOffset, List<byte[]> records, CompletableFuture<AppendOutcome> answer) {}

    /// @param onFenced when the ensemble says that another epoch has begun
    LogWriter(EngineThread engine, Ensemble ensemble, Znodes znodes, LogTail tail, Barriers barriers,
            Runnable onFenced) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.tail = tail;
        this.barriers = barriers;
        this.onFenced = onFenced;
    }

    boolean isOpen() {
        return epoch != CLOSED;
    }

    /// This node leads, and everything that was committed before has been delivered.
    void open(long newEpoch) {
        epoch = newEpoch;
        isInDoubt = false;
        isCatchingUp = false;
        underWayCount = 0;
        goOnFrom(tail.position());
    }

    void close() {
        epoch = CLOSED;
    }

    private void goOnFrom(Position position) {
        nextIndex = position.nextIndex();
        nextOffset = position.nextOffset();
    }

    void append(Append append) {
        if (append.answer.isDone()) {
            return;
        }
        NotWritten refusal = refusal(append);
        if (refusal != null) {
            append.answer.complete(refusal);
            return;
        }
        Entry entry = new Entry(append.epoch, append.baseOffset, append.records);
        byte[] data = entry.write();
        if (Entry.MAX_BYTES < data.length) {
            append.answer.complete(new NotWritten(Reason.TOO_LARGE, "the batch takes " + data.length
                    + " bytes of a znode, at most " + Entry.MAX_BYTES + " are allowed"));
            return;
        }
        send(append, entry, data);
    }

    private @Nullable NotWritten refusal(Append append) {
        if (epoch == CLOSED) {
            return new NotWritten(Reason.NOT_LEADER, "this node does not lead the metadata log");
        }
        if (!ensemble.isConnected()) {
            return new NotWritten(Reason.UNAVAILABLE, "there is no connection to the ZooKeeper ensemble");
        }
        if (isInDoubt) {
            return new NotWritten(Reason.UNAVAILABLE, "what the ensemble has of an append before is being looked up");
        }
        return switch (AcceptRule.judge(epoch, nextOffset, append.epoch, append.baseOffset, append.records.size())) {
            case NotWritten refused -> refused;
            case Appended _,Unknown _ -> null;
        };
    }

    private void send(Append append, Entry entry, byte[] data) {
        long index = nextIndex;
        List<CuratorOp> operations = new ArrayList<>();
        operations.add(ensemble.check(znodes.epoch(), Math.toIntExact(epoch)));
        if (0 < index) {
            operations.add(ensemble.checkExists(znodes.entry(index - 1)));
        }
        operations.add(ensemble.create(znodes.entry(index), data));
        operations.add(ensemble.set(znodes.tail(), new Tail(index + 1, entry.endOffset()).write()));
        nextIndex++;
        nextOffset = entry.endOffset();
        underWayCount++;
        tail.reserve(index);
        engine.then(ensemble.commit(operations), outcome -> {
            if (epoch == append.epoch) {
                underWayCount--;
            }
            if (outcome.isDone()) {
                tail.written(index, entry, data.length,
                        () -> append.answer.complete(new Appended(append.baseOffset, entry.endOffset() - 1)));
            } else {
                append.answer.complete(failure(outcome));
                doubt(append.epoch);
                tail.release(index);
            }
            goOnWhenAllIsKnown();
        }, engine::fail);
    }

    private AppendOutcome failure(Outcome outcome) {
        if (outcome.failedIndex() == EPOCH_CHECK) {
            onFenced.run();
            return new NotWritten(Reason.FENCED, "the ensemble is in another epoch");
        }
        if (0 <= outcome.failedIndex()) {
            return new NotWritten(Reason.OFFSET_MISMATCH, "the ensemble goes on at another entry: " + outcome.code());
        }
        return outcome.isRefused()
                ? new NotWritten(Reason.UNAVAILABLE, "the ensemble refuses: " + outcome.code())
                : new Unknown("the ensemble's answer did not come: " + outcome.code());
    }

    private void doubt(long doubtfulEpoch) {
        if (epoch == doubtfulEpoch) {
            isInDoubt = true;
        }
    }

    /// Looks up what the ensemble has, once nothing is under way any more.
    private void goOnWhenAllIsKnown() {
        if (!isOpen() || !isInDoubt || isCatchingUp || 0 < underWayCount) {
            return;
        }
        isCatchingUp = true;
        long doubtfulEpoch = epoch;
        CompletableFuture<Long> caughtUp = new CompletableFuture<>();
        barriers.await(caughtUp);
        engine.then(caughtUp, _ -> {
            if (epoch == doubtfulEpoch) {
                isCatchingUp = false;
                isInDoubt = false;
                goOnFrom(tail.position());
            }
        }, engine::fail);
    }
}
