package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Fills a compacted partition, then lets it be cleaned and takes the time from outside: from the change of the topic's
/// ratio to the offset in the broker's `cleaner-offset-checkpoint`. Owned by the main thread.
@Command(name = "compact", mixinStandardHelpOptions = true,
        description = "The compaction of one log by Girok and by Apache Kafka, one thread each.")
public final class CompactionSideBySide implements Callable<Integer> {
    private static final String TOPIC = "compacted";
    private static final long POLL_NS = 2_000_000;
    private static final long LIMIT_NS = Duration.ofMinutes(5).toNanos();
    private static final double SECOND_NS = 1e9;
    private static final double MB = 1e6;

    @Mixin
    Rounds rounds = new Rounds();

    @Option(names = "--records", defaultValue = "5000000", description = "Default: 5000000")
    int records;

    @Option(names = "--keys", defaultValue = "100000", description = "Default: 100000")
    int keys;

    @Option(names = "--value-bytes", defaultValue = "100", description = "Default: 100")
    int valueBytes;

    @Option(names = "--segment-bytes", defaultValue = "67108864", description = "Default: 67108864")
    int segmentBytes;

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CompactionSideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        return rounds.run(List.of(Contender.GIROK, Contender.KAFKA), this::measure);
    }

    private void measure(Repository repository, Contender contender, Path own)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, String> settings = Map.of("log.cleaner.backoff.ms", "100",
                "log.flush.offset.checkpoint.interval.ms", "1000");
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, settings);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(
                    List.of(
                            new NewTopic(TOPIC, 1, (short) 1).configs(
                                    Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "1",
                                            "segment.bytes", Integer.toString(segmentBytes)))))
                    .all()
                    .get();
            fill(broker);
            Path data = own.resolve("data");
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            long bytesBefore = closedBytes(data);
            double cpuBefore = broker.cpuSeconds();
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            admin.incrementalAlterConfigs(
                    Map.of(
                            topic,
                            List.of(
                                    new AlterConfigOp(new ConfigEntry("min.cleanable.dirty.ratio", "0.01"),
                                            AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            long beginNs = System.nanoTime();
            while (cleanedOffset(data) == 0) {
                if (LIMIT_NS < System.nanoTime() - beginNs) {
                    throw new IOException(contender + " has not cleaned its log in time");
                }
                LockSupport.parkNanos(POLL_NS);
            }
            double seconds = (System.nanoTime() - beginNs) / SECOND_NS;
            rounds.figures().add(contender, "compaction, MB/s", bytesBefore / MB / seconds);
            rounds.figures().add(contender, "compaction, s", seconds);
            rounds.figures()
                    .add(contender, "processor time of the broker meanwhile, s", broker.cpuSeconds() - cpuBefore);
            rounds.figures().add(contender, "closed segments before, MB", bytesBefore / MB);
            rounds.figures().add(contender, "resident afterwards, MB", broker.residentMb());
        }
    }

    private void fill(BrokerProcess broker) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", "5", "batch.size",
                "65536", "key.serializer", ByteArraySerializer.class, "value.serializer", ByteArraySerializer.class);
        Random random = new Random(42);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < records; i++) {
                byte[] value = new byte[valueBytes];
                random.nextBytes(value);
                byte[] key = ("key-" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
                var _ = producer.send(new ProducerRecord<>(TOPIC, key, value));
            }
        }
    }

    /// Of all segments but the last, which is the active one.
    private static long closedBytes(Path data) throws IOException {
        try (var files = Files.list(data.resolve(TOPIC + "-0"))) {
            List<Path> segments = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
            long bytes = 0;
            for (Path segment : segments.subList(0, segments.size() - 1)) {
                bytes += Files.size(segment);
            }
            return bytes;
        }
    }

    private static long cleanedOffset(Path data) throws IOException {
        Path file = data.resolve("cleaner-offset-checkpoint");
        if (!Files.exists(file)) {
            return 0;
        }
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(TOPIC + " 0 ")) {
                return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return 0;
    }
}
