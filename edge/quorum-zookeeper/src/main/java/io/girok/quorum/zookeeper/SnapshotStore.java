package io.girok.quorum.zookeeper;

import io.girok.metadata.MetadataListener.SnapshotWriter;
import io.girok.quorum.zookeeper.Ensemble.Outcome;
import io.girok.quorum.zookeeper.Ensemble.Znode;
import io.girok.quorum.zookeeper.LogTail.Position;
import io.girok.quorum.zookeeper.SnapshotPointer.Content;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException.Code;

/// Snapshots in the ensemble, and the end of the entries that they make superfluous. Thread-safe; works on a thread of
/// its own, and answers on the engine's.
///
/// The chunks of a snapshot are written first, then the pointer to it, under the writer's epoch: so it is there at
/// once and as a whole, and only the one who leads can put it in force. Then what it replaces is deleted, under the
/// same epoch: who is deposed meanwhile would take its successor's snapshot for one that is replaced.
final class SnapshotStore {
    /// With what goes with it, well below what a server takes.
    static final int CHUNK_BYTES = 512 * 1024;
    private static final int CHUNKS_AT_A_TIME = 4;
    /// In one transaction.
    private static final int DELETED_AT_A_TIME = 200;
    /// A snapshot may be replaced while it is read.
    private static final int LOAD_ATTEMPTS = 5;
    private static final long IDLE_THREAD_MS = 1_000;

    private final EngineThread engine;
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final long deadlineMs;
    private final ThreadPoolExecutor worker;

    /// A snapshot that was read.
    record Loaded(SnapshotPointer pointer, InputStream content) {}

    SnapshotStore(EngineThread engine, Ensemble ensemble, Znodes znodes, long deadlineMs) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.deadlineMs = deadlineMs;
        worker = new ThreadPoolExecutor(1, 1, IDLE_THREAD_MS, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("metadata-snapshot").daemon().factory());
        worker.allowCoreThreadTimeOut(true);
    }

    private <T> CompletableFuture<T> work(Callable<T> task) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            worker.execute(() -> {
                try {
                    T result = task.call();
                    engine.execute(() -> answer.complete(result));
                } catch (Throwable e) {
                    engine.execute(() -> answer.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new IOException("the metadata log is closed"));
        }
        return answer;
    }

    /// The snapshot in force, if it covers the entry `index`. Fails with an [IOException] when the ensemble does not
    /// give it now, and with anything else when it never will.
    CompletableFuture<Optional<Loaded>> loadBeyond(long index) {
        return work(() -> {
            for (int attempt = 0; attempt < LOAD_ATTEMPTS; attempt++) {
                SnapshotPointer pointer = pointer();
                if (pointer.endIndex() <= index) {
                    return Optional.empty();
                }
                Optional<byte[]> content = content(pointer);
                if (content.isPresent()) {
                    return Optional.of(new Loaded(pointer, new ByteArrayInputStream(content.get())));
                }
                if (pointer.equals(pointer())) {
                    throw new IllegalStateException("the metadata snapshot '" + znodes.snapshotFolder(pointer.name())
                            + "' is not what '" + znodes.snapshot() + "' says: the ensemble has lost data");
                }
            }
            throw new IOException("metadata snapshots are replaced faster than they can be read");
        });
    }

    /// The index of the first entry that the snapshot in force does not cover. Fails as [#loadBeyond] does.
    CompletableFuture<Long> endIndex() {
        return work(() -> pointer().endIndex());
    }

    private SnapshotPointer pointer() throws IOException {
        Znode znode = answer(ensemble.read(znodes.snapshot())).orElseThrow(
                () -> new IllegalStateException("znode '" + znodes.snapshot() + "' is gone"));
        return SnapshotPointer.read(znodes.snapshot(), znode.data());
    }

    /// Empty when a chunk is not there, or they are not those that were written.
    private Optional<byte[]> content(SnapshotPointer pointer) throws IOException {
        byte[] content = new byte[Math.toIntExact(pointer.content().sizeBytes())];
        int filled = 0;
        List<CompletableFuture<Optional<Znode>>> asked = new ArrayList<>();
        for (int number = 0; number < pointer.content().chunkCount(); number++) {
            while (asked.size() < Math.min(number + CHUNKS_AT_A_TIME, pointer.content().chunkCount())) {
                asked.add(ensemble.read(znodes.chunk(pointer.name(), asked.size())));
            }
            Optional<Znode> chunk = answer(asked.get(number));
            if (chunk.isEmpty() || content.length - filled < chunk.get().data().length) {
                return Optional.empty();
            }
            byte[] data = chunk.get().data();
            System.arraycopy(data, 0, content, filled, data.length);
            filled += data.length;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return filled == content.length && checksum.getValue() == pointer.content().checksum()
                ? Optional.of(content)
                : Optional.empty();
    }

    /// Puts a snapshot of what has been delivered up to `covered` in force, and deletes all but `keptEntries` of the
    /// entries before. Fails with an [IOException].
    CompletableFuture<SnapshotPointer> write(
            Position covered, long epoch, SnapshotWriter writer, long keptEntries) {
        return work(() -> {
            String name = covered.nextIndex() + "-" + UUID.randomUUID();
            done(List.of(ensemble.create(znodes.snapshotFolder(name), new byte[0])), "a snapshot's folder");
            Chunks chunks = new Chunks(name);
            try (OutputStream out = new BufferedOutputStream(chunks, CHUNK_BYTES)) {
                writer.writeTo(out);
            }
            SnapshotPointer pointer = new SnapshotPointer(name, covered.nextIndex(), covered.nextOffset(),
                    covered.lastEpoch(), chunks.content());
            done(List.of(checkEpoch(epoch), ensemble.checkExists(znodes.snapshotFolder(name)),
                    ensemble.set(znodes.snapshot(), pointer.write())), "the snapshot in force");
            deleteReplaced(pointer, epoch, keptEntries);
            return pointer;
        });
    }

    /// Of snapshots and entries, what nobody needs with `inForce`; blocks.
    ///
    /// @throws IOException when the ensemble does not take it, because another epoch has begun, for one
    void deleteReplaced(SnapshotPointer inForce, long epoch, long keptEntries) throws IOException {
        deleteAllBut(inForce.name(), epoch);
        truncate(inForce.endIndex() - keptEntries, epoch);
    }

    private CuratorOp checkEpoch(long epoch) {
        return ensemble.check(znodes.epoch(), Math.toIntExact(epoch));
    }

    /// What is written becomes chunks.
    private final class Chunks extends OutputStream {
        private final String name;
        private final CRC32C checksum = new CRC32C();
        private long sizeBytes;
        private int count;

        Chunks(String name) {
            this.name = name;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[]{(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int position = from; position < from + length; position += CHUNK_BYTES) {
                byte[] chunk = Arrays.copyOfRange(bytes, position, Math.min(position + CHUNK_BYTES, from + length));
                done(List.of(ensemble.create(znodes.chunk(name, count), chunk)), "a snapshot's chunk");
                checksum.update(chunk);
                sizeBytes += chunk.length;
                count++;
            }
        }

        Content content() {
            return new Content(count, sizeBytes, checksum.getValue());
        }
    }

    /// Snapshots that are not in force, or that were never finished; there are few.
    private void deleteAllBut(String name, long epoch) throws IOException {
        for (String other : answer(ensemble.names(znodes.snapshots()))) {
            if (!other.equals(name)) {
                String folder = znodes.snapshotFolder(other);
                List<CuratorOp> deletions = new ArrayList<>();
                deletions.add(checkEpoch(epoch));
                for (String chunk : answer(ensemble.names(folder))) {
                    deletions.add(ensemble.delete(folder + "/" + chunk));
                }
                deletions.add(ensemble.delete(folder));
                done(deletions, "the end of an old snapshot");
            }
        }
    }

    /// Deletes the entries before `end`. Where they begin is written down with each step, so that none is left over
    /// and none is looked for twice.
    private void truncate(long end, long epoch) throws IOException {
        Znode znode = answer(ensemble.read(znodes.first())).orElseThrow(
                () -> new IllegalStateException("znode '" + znodes.first() + "' is gone"));
        long first = ZnodeText.read(znodes.first(), znode.data()).number("index");
        while (first < end) {
            long next = Math.min(first + DELETED_AT_A_TIME, end);
            List<CuratorOp> operations = new ArrayList<>();
            operations.add(checkEpoch(epoch));
            operations.add(ensemble.set(znodes.first(), Foundation.first(next)));
            for (long index = first; index < next; index++) {
                operations.add(ensemble.delete(znodes.entry(index)));
            }
            done(operations, "the end of old entries");
            first = next;
        }
    }

    private void done(List<CuratorOp> operations, String what) throws IOException {
        Outcome outcome = answer(ensemble.commit(operations));
        if (outcome.code() != Code.OK) {
            throw new IOException(what + " was not written: " + outcome);
        }
    }

    private <T> T answer(CompletableFuture<T> future) throws IOException {
        return Ensemble.await(future, deadlineMs);
    }

    void close() {
        worker.shutdownNow();
    }
}
