package io.girok.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A listener that keeps the records as text, and can be waited on. Thread-safe by its monitor.
public final class RecordingListener implements MetadataListener {
    private static final long PATIENCE_NS = 30_000_000_000L;

    private final Runnable drive;
    private final Runnable onFatal;
    private final List<String> records = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private long nextOffset;
    private long epoch = -1;
    private long snapshotsTaken;
    private int callsRunning;
    private @Nullable Throwable fatal;

    /// @param drive lets the engine go on, where it does not by itself
    public RecordingListener(Runnable drive) {
        this(drive, () -> {});
    }

    /// @param onFatal run when the engine cannot go on
    public RecordingListener(Runnable drive, Runnable onFatal) {
        this.drive = drive;
        this.onFatal = onFatal;
    }

    @Override
    public synchronized void onCommit(long batchEpoch, long firstOffset, List<byte[]> batch) {
        enter();
        if (firstOffset != nextOffset) {
            events.add("gap at " + nextOffset + ": " + firstOffset);
        }
        batch.forEach(bytes -> records.add(new String(bytes, UTF_8)));
        nextOffset = firstOffset + batch.size();
        leave();
    }

    @Override
    public synchronized void onSnapshot(long lastOffset, long snapshotEpoch, InputStream in) throws IOException {
        enter();
        records.clear();
        String content = new String(in.readAllBytes(), UTF_8);
        if (!content.isEmpty()) {
            records.addAll(List.of(content.split("\n")));
        }
        nextOffset = lastOffset + 1;
        events.add("snapshot " + lastOffset);
        leave();
    }

    @Override
    public synchronized SnapshotWriter captureSnapshot() {
        enter();
        snapshotsTaken++;
        byte[] content = String.join("\n", records).getBytes(UTF_8);
        leave();
        return out -> out.write(content);
    }

    @Override
    public synchronized void onLeader(long newEpoch) {
        enter();
        epoch = newEpoch;
        events.add("leader with " + records.size());
        leave();
    }

    @Override
    public synchronized void onNotLeader(long oldEpoch) {
        enter();
        events.add("not leader" + (oldEpoch == epoch ? "" : ": not the one that led"));
        epoch = -1;
        leave();
    }

    @Override
    public synchronized void onFatal(Throwable cause) {
        events.add("fatal");
        fatal = cause;
        onFatal.run();
        notifyAll();
    }

    private void enter() {
        if (callsRunning++ != 0) {
            events.add("two calls at once");
        }
    }

    private void leave() {
        callsRunning--;
        notifyAll();
    }

    public synchronized List<String> records() {
        return List.copyOf(records);
    }

    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    /// The epoch in which this node leads; -1 when it does not.
    public synchronized long epoch() {
        return epoch;
    }

    public synchronized long snapshotsTaken() {
        return snapshotsTaken;
    }

    /// Waits until `condition` holds.
    public synchronized RecordingListener await(String what, Predicate<RecordingListener> condition) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        drive.run();
        while (!condition.test(this)) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError("waited in vain for " + what + "; events: " + events, fatal);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
        return this;
    }

    public long awaitLeadership() {
        return await("leadership", listener -> 0 <= listener.epoch()).epoch();
    }
}
