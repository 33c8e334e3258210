package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Clusters of three side by side. In every round each contender gets new processes on empty directories. Owned by the
/// main thread.
@Command(name = "cluster", mixinStandardHelpOptions = true, description = {
    "Three brokers of Girok and of Apache Kafka: start, load, latency, failover, rolling restart, catching up, many "
            + "partitions."})
public final class ClusterSideBySide implements Callable<Integer> {
    private static final String TOPIC = "measured";
    private static final int PARTITIONS = 3;
    private static final int RECORD_BYTES = 1024;
    private static final double MS_IN_NS = 1e6;
    private static final double S_IN_NS = 1e9;
    private static final long POLL_NS = 2_000_000;
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    @Mixin
    Rounds rounds = new Rounds();

    @Option(names = "--workload", split = ",", description = "Of load, latency, failover, controller, rolling, "
            + "catchup, many. Default: all but catchup and many")
    List<String> workloads = List.of("load", "latency", "failover", "controller", "rolling");

    @Option(names = "--seconds", defaultValue = "10", description = "How long the load and the latency take.")
    int seconds;

    @Option(names = "--kills", defaultValue = "3", description = "How often a broker is killed in a round.")
    int kills;

    @Option(names = "--partitions", defaultValue = "10000", description = "How many partitions are many.")
    int many;

    @Option(names = "--missed", defaultValue = "512", description = "How much a broker misses that is to catch up, in "
            + "MiB.")
    int missedMb;

    private @Nullable Contender contender;

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ClusterSideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        return rounds.run(List.of(Contender.GIROK_OS, Contender.GIROK, Contender.KAFKA), this::measure);
    }

    private void add(String figure, double value) {
        rounds.figures().add(Objects.requireNonNull(contender), figure, value);
    }

    private void measure(Repository repository, Contender measured, Path own)
            throws IOException, InterruptedException, ExecutionException {
        contender = measured;
        try (BrokerCluster cluster = new BrokerCluster(repository, measured, own)) {
            long beginNs = System.nanoTime();
            cluster.launch();
            try (Admin admin = Admin.create(client(cluster));
                    KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
                create(admin, TOPIC, PARTITIONS);
                send(producer, 0);
                add("three nodes from nothing to the first acknowledged write, ms",
                        (System.nanoTime() - beginNs) / MS_IN_NS);
                awaitInSync(admin);
                add("resident after the start, all three, MB", cluster.residentMb());
                for (String workload : workloads) {
                    switch (workload) {
                        case "load" -> load(cluster);
                        case "latency" -> {
                            latency(cluster, Map.of(), "");
                            latency(cluster, Map.of("linger.ms", "0"), " with linger.ms=0");
                        }
                        case "failover" -> failover(cluster, admin, producer);
                        case "controller" -> controller(cluster, admin, "");
                        case "rolling" -> rolling(cluster, admin);
                        case "catchup" -> catchUp(cluster, admin);
                        case "many" -> many(cluster, admin);
                        default -> throw new IllegalArgumentException("there is no workload '" + workload + "'");
                    }
                }
            }
        }
    }

    private static Properties client(BrokerCluster cluster) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", cluster.bootstrap());
        settings.put("request.timeout.ms", "30000");
        settings.put("default.api.timeout.ms", "600000");
        return settings;
    }

    /// With the settings that a producer has by default.
    private static KafkaProducer<byte[], byte[]> producer(BrokerCluster cluster) {
        return producer(cluster, Map.of());
    }

    private static KafkaProducer<byte[], byte[]> producer(BrokerCluster cluster, Map<String, String> others) {
        Properties settings = new Properties();
        settings.putAll(others);
        settings.put("bootstrap.servers", cluster.bootstrap());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// As soon as three brokers are there.
    private static void create(Admin admin, String topic, int partitions) throws InterruptedException {
        while (true) {
            try {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) BrokerCluster.SIZE))).all().get();
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicExistsException) {
                    return;
                }
                LockSupport.parkNanos(POLL_NS);
            }
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int partition)
            throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[100])).get();
    }

    private static @Nullable TopicDescription describe(Admin admin, String topic) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        } catch (ExecutionException e) {
            return null;
        }
    }

    private static void awaitInSync(Admin admin) throws InterruptedException {
        while (true) {
            TopicDescription found = describe(admin, TOPIC);
            if (found != null
                    && found.partitions().stream().allMatch(each -> each.isr().size() == BrokerCluster.SIZE)) {
                return;
            }
            Thread.sleep(Duration.ofMillis(50));
        }
    }

    private static int leader(Admin admin, int partition) throws InterruptedException {
        while (true) {
            TopicDescription found = describe(admin, TOPIC);
            if (found != null && found.partitions().get(partition).leader() != null) {
                return found.partitions().get(partition).leader().id();
            }
        }
    }

    /// The quorum's leader, which is not what brokers call their controller in an answer to clients.
    private static int controllerId(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }

    /// One producer as fast as it goes; the first seconds are not counted.
    private void load(BrokerCluster cluster) throws IOException {
        AtomicLong acknowledged = new AtomicLong();
        AtomicInteger failed = new AtomicInteger();
        byte[] value = randomValue();
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
            sendFor(producer, value, seconds / 2.0 * S_IN_NS, acknowledged, failed);
            long bytesBefore = acknowledged.get();
            double cpuBefore = cluster.cpuSeconds();
            long beginNs = System.nanoTime();
            sendFor(producer, value, seconds * S_IN_NS, acknowledged, failed);
            producer.flush();
            double gigabytes = (acknowledged.get() - bytesBefore) / 1e9;
            add("load: throughput, MB/s", gigabytes * 1e3 / ((System.nanoTime() - beginNs) / S_IN_NS));
            add("load: processor time of all brokers, s/GB", (cluster.cpuSeconds() - cpuBefore) / gigabytes);
            add("load: records that failed", failed.get());
        }
        add("resident after the load, all three, MB", cluster.residentMb());
    }

    private static byte[] randomValue() {
        byte[] value = new byte[RECORD_BYTES];
        new Random(1).nextBytes(value);
        return value;
    }

    private static void sendFor(KafkaProducer<byte[], byte[]> producer, byte[] value, double ns,
            AtomicLong acknowledged, AtomicInteger failed) {
        long beginNs = System.nanoTime();
        for (int i = 0; System.nanoTime() - beginNs < ns; i++) {
            var _ = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, value), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.addAndGet(value.length);
                } else {
                    failed.incrementAndGet();
                }
            });
        }
    }

    /// From when a record was due to when a consumer has it, at 200 records a second.
    private void latency(BrokerCluster cluster, Map<String, String> producerSettings, String how)
            throws InterruptedException {
        int count = seconds * 200;
        long[] dueNs = new long[count];
        List<Double> latencies = new ArrayList<>();
        Properties settings = new Properties();
        settings.put("bootstrap.servers", cluster.bootstrap());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = producer(cluster, producerSettings)) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            Thread sender = Thread.ofPlatform().start(() -> {
                long beginNs = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    dueNs[i] = beginNs + i * 5_000_000L;
                    LockSupport.parkNanos(dueNs[i] - System.nanoTime());
                    byte[] value = new byte[RECORD_BYTES];
                    ByteBuffer.wrap(value).putInt(i);
                    var _ = producer.send(new ProducerRecord<>(TOPIC, 0, null, value));
                }
            });
            while (latencies.size() < count) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
                    int number = ByteBuffer.wrap(each.value()).getInt();
                    latencies.add((System.nanoTime() - dueNs[number]) / MS_IN_NS);
                }
            }
            sender.join();
        }
        // The first fifth warms up.
        List<Double> counted = new ArrayList<>(latencies.subList(count / 5, count));
        Collections.sort(counted);
        addPercentiles("latency end to end at 200 records/s" + how, counted);
    }

    private void addPercentiles(String figure, List<Double> sortedMs) {
        add(figure + ": p50, ms", sortedMs.get(sortedMs.size() / 2));
        add(figure + ": p99, ms", sortedMs.get(sortedMs.size() * 99 / 100));
    }

    /// `kill -9` of a partition's leader, until the producer succeeds again there.
    private void failover(BrokerCluster cluster, Admin admin, KafkaProducer<byte[], byte[]> producer)
            throws IOException, ExecutionException, InterruptedException {
        for (int i = 0; i < kills; i++) {
            int leader = leader(admin, 0);
            send(producer, 0);
            cluster.kill(leader);
            long beginNs = System.nanoTime();
            send(producer, 0);
            add("leader killed: until its partition takes records again, ms", (System.nanoTime() - beginNs) / MS_IN_NS);
            cluster.restart(leader);
            awaitInSync(admin);
        }
    }

    /// `kill -9` of the active controller, until a topic can be created.
    private void controller(BrokerCluster cluster, Admin admin, String when)
            throws IOException, ExecutionException, InterruptedException {
        for (int i = 0; i < kills; i++) {
            int controller = controllerId(admin);
            cluster.kill(controller);
            long beginNs = System.nanoTime();
            String topic = "after-" + when.replace(' ', '-') + i;
            while (true) {
                try {
                    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 2))).all().get();
                    break;
                } catch (ExecutionException e) {
                    LockSupport.parkNanos(POLL_NS);
                }
            }
            add("controller killed" + when + ": until a topic is created, ms",
                    (System.nanoTime() - beginNs) / MS_IN_NS);
            cluster.restart(controller);
            awaitInSync(admin);
        }
    }

    /// Each broker is stopped and started again under 200 records a second.
    private void rolling(BrokerCluster cluster, Admin admin) throws IOException, InterruptedException {
        try (SteadySender sender = steadySender(cluster)) {
            Thread.sleep(WARM_UP);
            sender.takeAnswers();
            for (int id = 1; id <= BrokerCluster.SIZE; id++) {
                add("rolling restart: stop of a broker, ms", cluster.stop(id));
                cluster.restart(id);
                awaitInSync(admin);
            }
            sender.finish();
            add("rolling restart under load: worst acknowledgement, ms", sender.takeAnswers().getLast());
            add("rolling restart under load: records that failed", sender.failed());
        }
    }

    private static SteadySender steadySender(BrokerCluster cluster) {
        return new SteadySender(producer(cluster), TOPIC, PARTITIONS, RECORD_BYTES);
    }

    /// A broker is away while many records come in, and catches up under 200 records a second.
    private void catchUp(BrokerCluster cluster, Admin admin) throws IOException, InterruptedException {
        int away = leader(admin, 0) % BrokerCluster.SIZE + 1;
        cluster.kill(away);
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
            byte[] value = randomValue();
            for (int i = 0; i < missedMb * 1024L * 1024 / RECORD_BYTES; i++) {
                var _ = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, value),
                        (metadata, failure) -> failed.addAndGet(failure == null ? 0 : 1));
            }
        }
        try (SteadySender sender = steadySender(cluster)) {
            Thread.sleep(WARM_UP);
            sender.takeAnswers();
            Thread.sleep(Duration.ofSeconds(seconds));
            addAcknowledgements("catch-up: acknowledgement while one of three is away", sender.takeAnswers());
            long beginNs = System.nanoTime();
            cluster.restart(away);
            awaitInSync(admin);
            add("catch-up: from its start until it is in sync again, s", (System.nanoTime() - beginNs) / S_IN_NS);
            addAcknowledgements("catch-up: acknowledgement meanwhile", sender.takeAnswers());
            sender.finish();
            add("catch-up: records that failed", failed.get() + sender.failed());
        }
    }

    private void addAcknowledgements(String figure, List<Double> sortedMs) {
        addPercentiles(figure, sortedMs);
        add(figure + ": worst, ms", sortedMs.getLast());
    }

    private void many(BrokerCluster cluster, Admin admin) throws IOException, ExecutionException, InterruptedException {
        int topics = Math.ceilDiv(many, 100);
        List<String> names = new ArrayList<>();
        long createNs = System.nanoTime();
        for (int i = 0; i < topics; i++) {
            names.add("many-" + i);
            create(admin, "many-" + i, 100);
        }
        add("many: creating " + many + " partitions, s", (System.nanoTime() - createNs) / S_IN_NS);
        awaitAll(admin, names, partition -> partition.isr().size() == BrokerCluster.SIZE);
        add("many: until all are in sync, s", (System.nanoTime() - createNs) / S_IN_NS);
        add("many: resident, all three, MB", cluster.residentMb());
        int victim = controllerId(admin) % BrokerCluster.SIZE + 1;
        cluster.kill(victim);
        long beginNs = System.nanoTime();
        awaitAll(admin, names, partition -> partition.leader() != null && partition.leader().id() != victim
                && !partition.leader().isEmpty());
        add("many: a broker killed, until all have leaders, ms", (System.nanoTime() - beginNs) / MS_IN_NS);
        cluster.restart(victim);
        awaitAll(admin, names, partition -> partition.isr().size() == BrokerCluster.SIZE);
        controller(cluster, admin, " with " + many + " partitions");
    }

    private static void awaitAll(Admin admin, List<String> topics,
            Predicate<TopicPartitionInfo> isSo) throws InterruptedException {
        while (true) {
            try {
                Map<String, TopicDescription> found = admin.describeTopics(topics).allTopicNames().get();
                if (found.values().stream().flatMap(topic -> topic.partitions().stream()).allMatch(isSo)) {
                    return;
                }
            } catch (ExecutionException e) {
                // Asked again, of another broker perhaps.
            }
            Thread.sleep(Duration.ofMillis(20));
        }
    }
}
