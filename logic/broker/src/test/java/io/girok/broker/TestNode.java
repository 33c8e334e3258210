package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.data.LeaderHints;
import io.girok.broker.data.ProducerIds;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.replication.Leadership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiMessage;

/// A broker without edges under a clock that stands still: two shards and a pool that run when they are told to. Requests
/// go in as frames and come out as frames.
public final class TestNode {
    public static final int BROKER_ID = 1;
    public static final int LEADER_EPOCH = 5;
    public static final String CLUSTER_ID = "girok-test-cluster-id0";

    private static final int IDS_PER_BLOCK = 3;

    public final ManualClock clock = new ManualClock();
    public final MemoryDisk disk = new MemoryDisk();
    public final SimulatedShard pool = new SimulatedShard(clock);
    public final List<SimulatedShard> shards = List.of(new SimulatedShard(clock), new SimulatedShard(clock));
    public final Broker broker;
    public final ApiTable table;
    private final LogDirectory directory;
    private long nextProducerId = 1000;
    private long nextId = 1;
    private int nextRandom = 77;

    public TestNode() {
        this(Durability.FSYNC);
    }

    public TestNode(Durability durability) {
        Executor blockingPool = pool;
        LogEnvironment environment = new LogEnvironment(disk, clock, pool, new OpenFiles(disk, 100), blockingPool,
                () -> new TopicId(9, nextId++), durability, 86_400_000L);
        directory = LogDirectory.open(Path.of("/data"), CLUSTER_ID, BROKER_ID, environment);
        Clock time = clock;
        List<Shard> owners = List.copyOf(shards);
        LeaderHints hints = (brokerId, listener) -> brokerId == 2
                ? new LeaderHints.Endpoint("other.example", 9092, null)
                : null;
        broker = new Broker(
                new Broker.Surroundings(BROKER_ID, owners, List.of(directory), time, blockingPool, () -> nextRandom++),
                new Broker.Cluster(() -> CLUSTER_ID, hints, this::allocate), Broker.Limits.DEFAULT);
        table = broker.start(List.of());
    }

    public LogDirectory directory() {
        return directory;
    }

    /// A topic whose partitions are led here.
    public TopicId createTopic(String name, int partitions) {
        return createTopic(name, partitions, LogSettings.DEFAULT, 1);
    }

    public TopicId createTopic(String name, int partitions, LogSettings settings, int minInSyncReplicas) {
        TopicId id = new TopicId(4, nextId++);
        putTopic(id, name, partitions, LEADER_EPOCH, settings, minInSyncReplicas);
        return id;
    }

    public void putTopic(TopicId id, String name, int partitions, int leaderEpoch, LogSettings settings,
            int minInSyncReplicas) {
        List<Partitions.Partition> all = new ArrayList<>();
        for (int index = 0; index < partitions; index++) {
            Leadership leadership = new Leadership(BROKER_ID, leaderEpoch, List.of(BROKER_ID));
            all.add(new Partitions.Partition(BROKER_ID, leaderEpoch,
                    new Partitions.Here(leadership, settings, minInSyncReplicas)));
        }
        broker.put(new Partitions.Topic(id, name, all));
        runAll();
    }

    /// A topic with one partition, led by broker 2.
    public TopicId createRemoteTopic(String name) {
        TopicId id = new TopicId(4, nextId++);
        broker.put(new Partitions.Topic(id, name, List.of(new Partitions.Partition(2, LEADER_EPOCH, null))));
        return id;
    }

    /// Sends a request and runs everything that does not need time.
    public TestAnswer send(ApiMessage body, int version) {
        TestAnswer answer = sendOnly(body, version);
        runAll();
        return answer;
    }

    /// Sends a request, and lets nothing run but what runs at once.
    public TestAnswer sendOnly(ApiMessage body, int version) {
        return TestAnswer.ask(table, body, (short) version);
    }

    /// Runs the shards, but not the pool: no sync ends.
    public void runShards() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = false;
            for (SimulatedShard shard : shards) {
                isBusy |= 0 < shard.runAll();
            }
        }
    }

    public void runAll() {
        do {
            runShards();
        } while (0 < pool.runAll());
    }

    /// Lets time pass from timer to timer.
    public void advance(long ms) {
        long until = clock.monotonicMs() + ms;
        runAll();
        while (clock.monotonicMs() < until) {
            long next = until;
            for (SimulatedShard shard : shards) {
                OptionalLong timer = shard.nextTimerMs();
                next = Math.min(next, timer.orElse(until));
            }
            clock.advance(Math.max(1, next - clock.monotonicMs()));
            runAll();
        }
    }

    private CompletableFuture<ProducerIds.Block> allocate() {
        long first = nextProducerId;
        nextProducerId += IDS_PER_BLOCK;
        return CompletableFuture.completedFuture(new ProducerIds.Block(first, IDS_PER_BLOCK));
    }
}
