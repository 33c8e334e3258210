package io.girok.quorum.ratis;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.RecordingListener;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Three founders and others that join them, in one process, over a network that can be cut.
final class Voters implements AutoCloseable {
    static final List<Integer> IDS = List.of(1, 2, 3);
    private static final List<Integer> ALL = List.of(1, 2, 3, 4, 5);
    private static final long PATIENCE_NS = 60_000_000_000L;

    record Member(RatisMetadataLog log, RecordingListener listener) {}

    private record Link(int from, int to) {}

    private final Path directory;
    private final Timing timing;
    private final SnapshotTrigger snapshots;
    private final Map<Integer, Member> alive = new ConcurrentHashMap<>();
    private final Set<Link> cut = ConcurrentHashMap.newKeySet();
    private final Set<Link> notReached = ConcurrentHashMap.newKeySet();

    Voters(Path directory, Timing timing, SnapshotTrigger snapshots) {
        this.directory = directory;
        this.timing = timing;
        this.snapshots = snapshots;
    }

    /// Waits until each has heard of a leader: who is stopped before it has founded has to ask all others again.
    Voters startAll() {
        IDS.forEach(this::start);
        IDS.forEach(id -> await("voter " + id + " to hear of a leader",
                () -> 0 <= alive.get(id).log.leadership().leaderId()));
        return this;
    }

    /// The founders without `id`.
    static List<Integer> others(int id) {
        return IDS.stream().filter(other -> other != id).toList();
    }

    /// What node `asker` asks when it comes without a log.
    static byte[] question(int asker) {
        return ByteBuffer.allocate(Founding.REQUEST_BYTES).put(Founding.ASK).putInt(asker).array();
    }

    /// Voters with their addresses.
    static VoterSet set(Integer... ids) {
        return VoterSet.of(Stream.of(ids).map(Voters::at).toList());
    }

    static Voter at(int id) {
        return new Voter(id, "node-" + id, 9_000 + id);
    }

    /// Has `target` vote, by whoever leads and whatever comes between, and ends when it does.
    void change(VoterSet target) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (System.nanoTime() < deadline) {
            int leader = awaitLeader();
            RatisMetadataLog log = alive.get(leader).log;
            switch (log.changeVoters(log.status().voterSet(), target).join()) {
                case VoterChange.Changed _ -> {
                    return;
                }
                case VoterChange.Refused(VoterChange.Reason reason, String detail) -> {
                    if (reason == VoterChange.Reason.INVALID || reason == VoterChange.Reason.UNSUPPORTED) {
                        throw new AssertionError("the voters are not changed: " + reason + ": " + detail);
                    }
                }
                case VoterChange.Unknown _ -> {
                    // Another leader may have to be asked.
                }
            }
        }
        throw new AssertionError("the voters do not change");
    }

    Member start(int id) {
        return start(id, timing);
    }

    Member start(int id, Timing timing) {
        RatisSettings settings = (IDS.contains(id)
                ? RatisSettings.among(home(id), id, set(1, 2, 3))
                : RatisSettings.joining(home(id), id)).withTiming(timing).withSnapshots(snapshots);
        RatisMetadataLog log = new RatisMetadataLog(settings, new SystemClock(),
                (to, request) -> send(new Link(id, to), request));
        RecordingListener listener = new RecordingListener(() -> {});
        Member voter = new Member(log, listener);
        alive.put(id, voter);
        notReached.removeIf(link -> link.from == id);
        log.start(listener);
        return voter;
    }

    private CompletableFuture<byte[]> send(Link link, byte[] request) {
        Member target = alive.get(link.to);
        if (target == null || cut.contains(link)) {
            notReached.add(link);
            return CompletableFuture.failedFuture(new IOException("voter " + link.to + " is not reached"));
        }
        return target.log.onRequest(request)
                .thenCompose(answer -> cut.contains(new Link(link.to, link.from))
                        ? CompletableFuture.failedFuture(new IOException("the answer of voter " + link.to + " is lost"))
                        : CompletableFuture.completedFuture(answer));
    }

    Member voter(int id) {
        return alive.get(id);
    }

    void stop(int id) {
        alive.remove(id).log.close();
    }

    /// Where it keeps its files.
    Path home(int id) {
        return directory.resolve("voter-" + id);
    }

    /// Takes its disk away, while it is stopped.
    void wipe(int id) throws IOException {
        RatisFiles.delete(home(id));
    }

    void isolate(int id) {
        for (int other : ALL) {
            cut.add(new Link(id, other));
            cut.add(new Link(other, id));
        }
    }

    void cut(int from, int to) {
        cut.add(new Link(from, to));
    }

    /// Waits until `from` has tried, since it was started, to say something to `to`, which was not there.
    void awaitNotReached(int from, int to) {
        await("voter " + from + " to speak to voter " + to, () -> notReached.contains(new Link(from, to)));
    }

    void heal() {
        cut.clear();
    }

    /// Waits for a leader among those that are alive and not `except`.
    int awaitLeader(int except) {
        await("a leader", () -> leader(except).isPresent());
        return leader(except).orElseGet(() -> awaitLeader(except));
    }

    private Optional<Integer> leader(int except) {
        return alive.entrySet()
                .stream()
                .filter(entry -> entry.getKey() != except && 0 <= entry.getValue().listener.epoch())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            if (deadline <= System.nanoTime()) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    int awaitLeader() {
        return awaitLeader(-1);
    }

    /// Appends by whoever leads, until it is appended; perhaps more than once.
    void append(String record) {
        await("'" + record + "' to be appended",
                () -> append(awaitLeader(), record) instanceof MetadataLog.AppendOutcome.Appended);
    }

    MetadataLog.AppendOutcome append(int leader, String... records) {
        Member voter = alive.get(leader);
        List<byte[]> bytes = Stream.of(records).map(String::getBytes).toList();
        return voter.log.append(voter.listener.epoch(), voter.listener.records().size(), bytes).join();
    }

    @Override
    public void close() {
        List.copyOf(alive.keySet()).forEach(this::stop);
    }
}
