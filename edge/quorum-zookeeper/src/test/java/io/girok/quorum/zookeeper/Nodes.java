package io.girok.quorum.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.RecordingListener;
import io.girok.quorum.zookeeper.ZookeeperSettings.Timing;
import io.girok.quorum.zookeeper.ZookeeperSettings.Truncation;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooKeeper;

/// Several nodes of a cluster in this process, on one ensemble.
final class Nodes implements AutoCloseable {
    static final Timing TIMING = new Timing(3_000, 30_000, 10_000);
    /// Of those that are not to be let in.
    static final Timing QUICK = new Timing(1_000, 2_000, 10_000);
    private static final long PATIENCE_NS = 60_000_000_000L;
    /// The servers need the processor.
    private static final long PAUSE_NS = 1_000_000;

    record Member(ZookeeperMetadataLog log, RecordingListener listener) {}

    private final String connect;
    private final Truncation truncation;
    private final Map<Integer, Member> alive = new ConcurrentHashMap<>();

    Nodes(String connect, Truncation truncation) {
        this.connect = connect;
        this.truncation = truncation;
    }

    static ZookeeperSettings settings(String connect, int nodeId) {
        return new ZookeeperSettings(Servers.parse(connect), nodeId, TIMING, Security.NONE, Truncation.DEFAULT);
    }

    /// Joins as node 1, and goes away again; answers the cluster's id.
    static String join(String connect, Security security, Timing timing) {
        try (ZookeeperMetadataLog log = new ZookeeperMetadataLog(
                new ZookeeperSettings(Servers.parse(connect), 1, timing, security, Truncation.DEFAULT))) {
            return log.join(() -> "id-" + UUID.randomUUID());
        }
    }

    /// Joined, not started.
    static ZookeeperMetadataLog open(ZookeeperSettings settings) {
        ZookeeperMetadataLog log = new ZookeeperMetadataLog(settings);
        log.join(() -> "cluster-of-tests");
        log.announce(new Endpoint("PLAINTEXT", "node-" + settings.nodeId(), 9092), _ -> {});
        return log;
    }

    Nodes start(int... ids) {
        for (int id : ids) {
            RecordingListener listener = new RecordingListener(() -> {});
            start(id, listener, listener);
        }
        return this;
    }

    /// @param told what the log tells; hands on to `listener`
    void start(int id, MetadataListener told, RecordingListener listener) {
        ZookeeperMetadataLog log = open(new ZookeeperSettings(Servers.parse(connect), id, TIMING, Security.NONE,
                truncation));
        alive.put(id, new Member(log, listener));
        log.start(told);
    }

    Member member(int id) {
        return alive.get(id);
    }

    void stop(int id) {
        alive.remove(id).log.close();
    }

    /// Waits for a leader that is not `except`.
    int awaitLeader(int except) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (true) {
            for (Map.Entry<Integer, Member> entry : alive.entrySet()) {
                if (entry.getKey() != except && 0 <= entry.getValue().listener.epoch()) {
                    return entry.getKey();
                }
            }
            pause("a leader", deadline);
        }
    }

    /// Asks again and again until `condition` holds.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            pause(what, deadline);
        }
    }

    private static void pause(String what, long deadline) {
        if (deadline < System.nanoTime() || Thread.currentThread().isInterrupted()) {
            throw new AssertionError("waited in vain for " + what);
        }
        LockSupport.parkNanos(PAUSE_NS);
    }

    int awaitLeader() {
        return awaitLeader(-1);
    }

    AppendOutcome append(int leader, String... records) {
        Member member = alive.get(leader);
        List<byte[]> bytes = Stream.of(records).map(text -> text.getBytes(UTF_8)).toList();
        return member.log.append(member.listener.epoch(), member.listener.records().size(), bytes).join();
    }

    /// Appends as a controller does: what is not known to be written is looked up under whoever leads, and written
    /// again if it is not there.
    void appendSurely(String record) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (System.nanoTime() < deadline) {
            int leader = awaitLeader();
            Member member = alive.get(leader);
            if (isThere(member, record)) {
                return;
            }
            if (append(leader, record) instanceof Appended) {
                return;
            }
            member.log.resign(member.listener.epoch()).handle((done, failure) -> true).join();
        }
        throw new AssertionError("'" + record + "' can't be appended");
    }

    private static boolean isThere(Member member, String record) {
        return member.log.barrier().handle((offset, failure) -> failure == null).join()
                && member.listener.records().contains(record);
    }

    void awaitRecords(int id, List<String> records) {
        alive.get(id).listener.await("node " + id + " to know " + records.size() + " records",
                heard -> heard.records().equals(records));
    }

    /// Ends the session of a node, which does not know.
    void expire(int id) throws Exception {
        ZooKeeper session = alive.get(id).log.session();
        long sessionId = session.getSessionId();
        ZooKeeper twin = new ZooKeeper(Servers.parse(connect).addresses(), TIMING.sessionMs(), event -> {}, sessionId,
                session.getSessionPasswd());
        try {
            await("a second connection of the session", () -> twin.getState().isConnected());
        } finally {
            twin.close();
        }
    }

    @Override
    public void close() {
        List.copyOf(alive.keySet()).forEach(this::stop);
    }
}
