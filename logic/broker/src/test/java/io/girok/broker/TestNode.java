package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.PartitionId;
import io.girok.base.Principal;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.access.Access;
import io.girok.broker.access.Audit;
import io.girok.broker.data.ProducerIds;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.record.BatchBuilder;
import io.girok.replication.AppendOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// A broker without edges under a clock that stands still: two shards and pools that run when they are told to.
/// Requests go in as frames and come out as frames.
public final class TestNode {
    public static final int BROKER_ID = 1;
    public static final int LEADER_EPOCH = 5;
    public static final String CLUSTER_ID = "girok-test-cluster-id0";

    private static final int IDS_PER_BLOCK = 3;
    /// In a batch.
    private static final int MAGIC_POSITION = 16;

    public final ManualClock clock;
    public final MemoryDisk disk;
    public final SimulatedShard pool;
    /// Where the journals write.
    public final SimulatedShard journalPool;
    public final SimulatedShard coldReads;
    public final List<SimulatedShard> shards;
    public final Broker broker;
    public final ApiTable table;
    public final MetadataStore metadata = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    /// What the controller was told of where replicas are.
    public final Map<PartitionId, TopicId> directoryReports = new LinkedHashMap<>();
    private final List<LogDirectory> directories;
    private final AtomicBoolean isCutOff = new AtomicBoolean();
    private long nextProducerId = 1000;
    private long nextId = 1;
    private int nextRandom = 77;

    public TestNode() {
        this(Durability.FSYNC);
    }

    public TestNode(Durability durability) {
        this(new ManualClock(), durability);
    }

    private TestNode(ManualClock clock, Durability durability) {
        this(clock, new MemoryDisk(clock), durability);
    }

    /// @param given what the operator sets, beside what tests want
    public TestNode(Map<String, String> given) {
        this(new ManualClock(), given);
    }

    private TestNode(ManualClock clock, Map<String, String> given) {
        this(clock, new MemoryDisk(clock), Durability.FSYNC, given);
    }

    /// The node with several log directories, on a disk that may hold what an earlier one left.
    public TestNode(ManualClock clock, MemoryDisk disk, List<Path> directories) {
        this(clock, disk, directories, List.of());
    }

    /// @param known what the metadata say before it takes up work
    public TestNode(ManualClock clock, MemoryDisk disk, List<Path> directories, List<MetadataRecord> known) {
        this(clock, disk, Durability.FSYNC, Map.of(), directories, known);
    }

    /// The node on a disk that may hold what an earlier one left.
    public TestNode(ManualClock clock, MemoryDisk disk, Durability durability) {
        this(clock, disk, durability, Map.of());
    }

    private TestNode(ManualClock clock, MemoryDisk disk, Durability durability, Map<String, String> given) {
        this(clock, disk, durability, given, List.of(Path.of("/data")), List.of());
    }

    private TestNode(ManualClock clock, MemoryDisk disk, Durability durability, Map<String, String> given,
            List<Path> paths, List<MetadataRecord> known) {
        this.clock = clock;
        this.disk = disk;
        this.pool = new SimulatedShard(clock);
        this.journalPool = new SimulatedShard(clock);
        this.coldReads = new SimulatedShard(clock);
        this.shards = List.of(new SimulatedShard(clock), new SimulatedShard(clock));
        Executor blockingPool = pool;
        LogEnvironment environment = new LogEnvironment(disk, clock, pool, new OpenFiles(disk, 100), blockingPool,
                () -> new TopicId(9, nextId++), durability, 86_400_000L)
                .withJournalPool(journalPool);
        directories = paths.stream()
                .map(path -> open(path, environment))
                .toList();
        Clock time = clock;
        List<Shard> owners = List.copyOf(shards);
        Map<String, String> texts = new HashMap<>(given);
        texts.put("log.dir.min.free.bytes", "0");
        EffectiveSettings settings = new EffectiveSettings(Settings.parse(texts), BROKER_ID);
        broker = new Broker(
                new Broker.Surroundings(BROKER_ID, owners, directories, time, blockingPool, coldReads,
                        () -> nextRandom++),
                metadata, settings, this::allocate,
                new Replication(Replication.ALONE.leaders(), Replication.ALONE.proposals(), directoryReports::put,
                        Replication.ALONE.brokerEpoch(), isCutOff::get));
        commit(new MetadataRecord.ClusterCreated(CLUSTER_ID),
                new MetadataRecord.BrokerRegistered(2, TopicId.ZERO,
                        List.of(new Endpoint("PLAINTEXT", "other.example", 9092)), null, List.of()));
        commit(known.toArray(MetadataRecord[]::new));
        table = broker.complete(List.of(), Access.of(settings.given(), metadata::image, Audit.logging(time)));
        broker.start();
        runAll();
    }

    private static LogDirectory open(Path path, LogEnvironment environment) {
        try {
            return LogDirectory.open(path, CLUSTER_ID, BROKER_ID, environment);
        } catch (StorageFailed failure) {
            return LogDirectory.offline(path, environment, failure);
        }
    }

    /// Damages the first batch of a segment, so that no log with it can be opened.
    static void corrupt(MemoryDisk disk, Path segment) {
        try {
            disk.corrupt(segment, MAGIC_POSITION, 0xff);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<LogDirectory> directories() {
        return directories;
    }

    public LogDirectory directory() {
        return directories.getFirst();
    }

    /// Appends to the metadata log, as the controller does, and runs what follows from it.
    public void commit(MetadataRecord... records) {
        List<byte[]> encoded = Stream.of(records).map(MetadataCodec::encode).toList();
        metadata.onCommit(1, metadata.image().endOffset(), encoded);
        runShards();
    }

    /// A topic whose partitions are led here.
    public TopicId createTopic(String name, int partitions) {
        TopicId id = new TopicId(4, nextId++);
        createTopic(id, name, partitions);
        return id;
    }

    public void createTopic(TopicId id, String name, int partitions) {
        createTopicOnly(id, name, partitions);
        runAll();
    }

    /// What blocks does not happen yet.
    void createTopicOnly(TopicId id, String name, int partitions) {
        commit(topic(id, name, partitions).toArray(MetadataRecord[]::new));
    }

    /// What the metadata say of such a topic, all led here.
    public static List<MetadataRecord> topic(TopicId id, String name, int partitions) {
        PartitionImage here = partition(BROKER_ID, LEADER_EPOCH);
        return List.of(new MetadataRecord.TopicCreated(id, name),
                new MetadataRecord.PartitionsAdded(id, 0, Collections.nCopies(partitions, here)));
    }

    /// A topic with one partition, led here and in sync on broker 2 as well.
    public TopicId createReplicatedTopic(String name) {
        TopicId id = new TopicId(4, nextId++);
        commit(new MetadataRecord.TopicCreated(id, name), new MetadataRecord.PartitionsAdded(id, 0,
                List.of(new PartitionImage(List.of(BROKER_ID, 2), List.of(TopicId.ZERO, TopicId.ZERO),
                        List.of(BROKER_ID, 2), BROKER_ID, LEADER_EPOCH, 0))));
        runAll();
        return id;
    }

    /// The controller is out of reach, or answers again.
    public void cutOff(boolean isOut) {
        isCutOff.set(isOut);
        broker.controllerCutOff(isOut);
        runShards();
    }

    /// A topic with one partition, led by broker 2.
    public TopicId createRemoteTopic(String name) {
        TopicId id = new TopicId(4, nextId++);
        commit(new MetadataRecord.TopicCreated(id, name),
                new MetadataRecord.PartitionsAdded(id, 0, List.of(partition(2, LEADER_EPOCH))));
        return id;
    }

    /// A partition that is led here, with its log open.
    LedPartition awake(TopicId topic, int index) {
        LedPartition led = (LedPartition) broker.partitions().find(topic, index);
        Errors error = on(led, led::wake);
        if (error != Errors.NONE) {
            throw new AssertionError(led.name() + " cannot be woken: " + error);
        }
        return led;
    }

    /// What `work` answers on the shard of a partition.
    <T> T on(LedPartition led, Supplier<T> work) {
        return shards.get(shards.indexOf(led.shard())).call(work);
    }

    /// Appends a record, by a client that waits for the leader.
    AppendOutcome append(LedPartition led, byte[] value) {
        ByteBuffer batch = new BatchBuilder().append(clock.wallMs(), null, ByteBuffer.wrap(value)).build();
        AppendOutcome outcome = on(led, () -> led.leader().append(batch, AppendOrigin.CLIENT, (short) 1));
        runAll();
        return outcome;
    }

    public void configure(String topic, String setting, String value) {
        commit(new MetadataRecord.ConfigChanged(ConfigTarget.topic(topic), setting, value));
    }

    public void deleteTopic(TopicId topic) {
        commit(new MetadataRecord.TopicDeleted(topic));
    }

    public static PartitionImage partition(int leader, int leaderEpoch) {
        return new PartitionImage(List.of(leader), List.of(TopicId.ZERO), List.of(leader), leader, leaderEpoch, 0);
    }

    /// Sends a request and runs everything that does not need time.
    public TestAnswer send(ApiMessage body, int version) {
        TestAnswer answer = sendOnly(body, version);
        runAll();
        return answer;
    }

    /// Sends a request as somebody, and runs everything that does not need time.
    public TestAnswer sendAs(String user, ApiMessage body, int version) {
        TestAnswer answer = TestAnswer.ask(table, body, (short) version, Principal.user(user));
        runAll();
        return answer;
    }

    /// Sends a request, and lets nothing run but what runs at once.
    public TestAnswer sendOnly(ApiMessage body, int version) {
        return TestAnswer.ask(table, body, (short) version);
    }

    /// Runs the shards, but not the pools: no sync ends.
    public void runShards() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = false;
            for (SimulatedShard shard : shards) {
                isBusy |= 0 < shard.runAll();
            }
        }
    }

    /// Lets a shard or a pool, whichever `random` says, do the first of what waits there.
    public void runOne(RandomGenerator random) {
        List<SimulatedShard> all = new ArrayList<>(shards);
        all.add(pool);
        all.add(journalPool);
        all.add(coldReads);
        var _ = all.get(random.nextInt(all.size())).runOne();
    }

    public void runAll() {
        do {
            runShards();
        } while (0 < pool.runAll() + journalPool.runAll() + coldReads.runAll());
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
