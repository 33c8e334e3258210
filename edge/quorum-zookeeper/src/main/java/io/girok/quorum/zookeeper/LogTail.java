package io.girok.quorum.zookeeper;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataListener;
import io.girok.quorum.zookeeper.Ensemble.Znode;
import io.girok.quorum.zookeeper.SnapshotStore.Loaded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Brings what is committed to the listener, entry by entry, and from a snapshot where entries are gone. Owned by the
/// engine's thread.
final class LogTail {
    /*
     *            delivered       asked for, some already here              known to be there
     *   ─────────────────────┬─────────────────────────────────────┬───────────────────────────┐
     *                    nextIndex                            readIndex                     endIndex
     *
     * readIndex - nextIndex is bounded by WINDOW. Entries come in any order and are delivered in theirs. What this node
     * has written itself is not read again: its place is reserved until the ensemble has answered.
     */
    static final int WINDOW = 32;

    private final EngineThread engine;
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final SnapshotStore snapshots;
    private final MetadataListener listener;
    private final Runnable onTrouble;
    private final ZnodeReading tail;
    private final Map<Long, Fetched> fetched = new HashMap<>();
    private final Set<Long> reserved = new HashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean hasBegun;
    private boolean isLoading;
    /// Of an entry that was not found once already.
    private long missingIndex = -1;
    private long nextIndex;
    private long nextOffset;
    private long lastEpoch;
    private long readIndex;
    private long endIndex;
    private long deliveredBytes;

    /// An entry that waits for its turn.
    private record Fetched(Entry entry, int sizeBytes, Runnable onDelivered) {}

    /// Someone who waits until all before `index` is delivered.
    private record Waiting(long index, CompletableFuture<Long> answer) {}

    /// What has been delivered.
    ///
    /// @param lastEpoch of the last record
    record Position(long nextIndex, long nextOffset, long lastEpoch) {}

    /// @param onTrouble when something could not be read; someone must ask for a refresh again
    LogTail(EngineThread engine, Ensemble ensemble, Znodes znodes, SnapshotStore snapshots, MetadataListener listener,
            Runnable onTrouble) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.snapshots = snapshots;
        this.listener = listener;
        this.onTrouble = onTrouble;
        this.tail = new ZnodeReading(engine, ensemble, znodes.tail(), this::tailRead, onTrouble);
    }

    Position position() {
        return new Position(nextIndex, nextOffset, lastEpoch);
    }

    /// Bytes of all entries delivered since the start.
    long deliveredBytes() {
        return deliveredBytes;
    }

    /// There may be more than is known.
    void refresh() {
        if (hasBegun) {
            tail.ask();
        } else if (!isLoading) {
            load(() -> {
                hasBegun = true;
                tail.ask();
            });
        }
    }

    private void tailRead(Optional<Znode> znode) {
        advance(tailOf(znode).endIndex());
    }

    private Tail tailOf(Optional<Znode> znode) {
        return Tail.read(znodes.tail(),
                znode.orElseThrow(() -> new IllegalStateException(
                        "znode '" + znodes.tail() + "' is gone: somebody has deleted what the cluster lives by"))
                        .data());
    }

    private void advance(long end) {
        endIndex = Math.max(endIndex, end);
        pump();
        wake();
    }

    /// What was read after a write is the latest. Done once everything up to there is delivered; ends in the last
    /// offset.
    CompletableFuture<Long> caughtUp() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        engine.then(ensemble.read(znodes.tail()), znode -> {
            Tail latest = tailOf(znode);
            if (hasBegun && latest.endIndex() < nextIndex) {
                throw new IllegalStateException("the ensemble has " + latest.endIndex() + " entries of the metadata "
                        + "log, this node has seen " + nextIndex + " already: the ensemble has lost data");
            }
            waiting.add(new Waiting(latest.endIndex(), answer));
            advance(latest.endIndex());
        }, answer::completeExceptionally);
        return answer;
    }

    private void pump() {
        if (!hasBegun || isLoading) {
            return;
        }
        readIndex = Math.max(readIndex, nextIndex);
        for (; readIndex < Math.min(endIndex, nextIndex + WINDOW); readIndex++) {
            if (!reserved.contains(readIndex) && !fetched.containsKey(readIndex)) {
                read(readIndex);
            }
        }
    }

    private void read(long index) {
        reserved.add(index);
        engine.then(ensemble.read(znodes.entry(index)), znode -> {
            reserved.remove(index);
            if (index < nextIndex) {
                return;
            }
            if (znode.isEmpty()) {
                missing(index);
            } else {
                byte[] data = znode.get().data();
                put(index, new Fetched(Entry.read(znodes.entry(index), data), data.length, () -> {}));
            }
        }, _ -> {
            reserved.remove(index);
            readIndex = Math.min(readIndex, index);
            onTrouble.run();
        });
    }

    /// This node is about to write the entry, so that it need not be read.
    void reserve(long index) {
        reserved.add(index);
    }

    /// It is written; `onDelivered` runs when the listener has it.
    void written(long index, Entry entry, int sizeBytes, Runnable onDelivered) {
        reserved.remove(index);
        endIndex = Math.max(endIndex, index + 1);
        put(index, new Fetched(entry, sizeBytes, onDelivered));
    }

    /// It is not known to be written: if it is there, it must be read.
    void release(long index) {
        reserved.remove(index);
        readIndex = Math.min(readIndex, index);
        pump();
    }

    private void put(long index, Fetched entry) {
        fetched.put(index, entry);
        deliverAll();
        pump();
    }

    private void deliverAll() {
        for (Fetched next = fetched.remove(nextIndex); next != null; next = fetched.remove(nextIndex)) {
            deliver(next);
        }
        wake();
    }

    private void deliver(Fetched next) {
        Entry entry = next.entry;
        Invariant.check(entry.firstOffset() == nextOffset, "the metadata log goes on at offset " + nextOffset
                + ", its entry " + nextIndex + " begins at " + entry.firstOffset());
        listener.onCommit(entry.epoch(), entry.firstOffset(), entry.records());
        nextIndex++;
        nextOffset = entry.endOffset();
        lastEpoch = entry.epoch();
        deliveredBytes += next.sizeBytes;
        next.onDelivered.run();
    }

    private void wake() {
        if (!hasBegun) {
            return;
        }
        waiting.removeIf(each -> {
            boolean isThere = each.index <= nextIndex;
            if (isThere) {
                each.answer.complete(nextOffset - 1);
            }
            return isThere;
        });
    }

    /// An entry before the end is not there: it was cut off, or the server that was asked lags behind. After a write
    /// it is known which; what is neither covered by a snapshot nor there then is lost.
    private void missing(long index) {
        readIndex = Math.min(readIndex, index);
        if (isLoading) {
            return;
        }
        isLoading = true;
        engine.then(ensemble.commit(List.of(ensemble.set(znodes.barrier(), new byte[0]))), outcome -> {
            isLoading = false;
            if (!outcome.isDone()) {
                onTrouble.run();
                return;
            }
            load(() -> {
                if (nextIndex <= index) {
                    if (missingIndex == index) {
                        throw new IllegalStateException("entry " + index + " of the metadata log is gone, and no "
                                + "snapshot covers it: the ensemble has lost data");
                    }
                    missingIndex = index;
                }
                pump();
            });
        }, engine::fail);
    }

    /// Takes in the snapshot in force if it covers more than is known, and goes on with `then`.
    private void load(Runnable then) {
        isLoading = true;
        engine.then(snapshots.loadBeyond(nextIndex), loaded -> {
            isLoading = false;
            loaded.ifPresent(this::takeIn);
            then.run();
        }, failure -> {
            isLoading = false;
            if (failure instanceof IOException) {
                onTrouble.run();
            } else {
                engine.fail(failure);
            }
        });
    }

    private void takeIn(Loaded loaded) {
        SnapshotPointer pointer = loaded.pointer();
        try {
            listener.onSnapshot(pointer.lastOffset(), pointer.epoch(), loaded.content());
        } catch (IOException e) {
            throw new UncheckedIOException("the metadata snapshot '" + pointer.name() + "' cannot be taken in", e);
        }
        nextIndex = pointer.endIndex();
        nextOffset = pointer.endOffset();
        lastEpoch = pointer.epoch();
        readIndex = Math.max(readIndex, nextIndex);
        endIndex = Math.max(endIndex, nextIndex);
        fetched.keySet().removeIf(index -> index < nextIndex);
        deliverAll();
    }
}
