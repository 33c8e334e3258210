package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How long a broker takes after `kill -9` in the middle of much writing. Owned by the main thread.
@Command(name = "recover", mixinStandardHelpOptions = true, description = {
    "Writes to a few partitions, kills the broker (kill -9) when the last record is acknowledged, starts it again, and "
            + "measures until a consumer has read the last record of each partition."})
public final class RecoverySideBySide implements Callable<Integer> {
    private static final String TOPIC = "recovered";
    private static final int VALUE_BYTES = 16 * 1024;
    private static final double MS_IN_NS = 1e6;
    private static final double MB = 1e6;

    @Mixin
    Rounds rounds = new Rounds();

    @Option(names = "--megabytes", defaultValue = "4294", description = "Default: 4294, which is 4 GiB")
    long megabytes;

    @Option(names = "--partitions", defaultValue = "6", description = "Default: 6")
    int partitions;

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RecoverySideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        return rounds.run(List.of(Contender.GIROK, Contender.KAFKA), this::measure);
    }

    private void measure(Repository repository, Contender contender, Path own)
            throws IOException, InterruptedException, ExecutionException {
        Figures figures = rounds.figures();
        long[] ends;
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, Map.of())) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
            }
            long beginNs = System.nanoTime();
            ends = write(broker);
            figures.add(contender, "written, MB/s", megabytes / ((System.nanoTime() - beginNs) / MS_IN_NS) * 1e3);
            broker.kill();
        }
        long beginNs = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, Map.of())) {
            figures.add(contender, "restart after kill -9: first answer, ms", broker.readyMs());
            readLast(broker, ends);
            figures.add(contender, "restart after kill -9: last record of each partition read, ms",
                    (System.nanoTime() - beginNs) / MS_IN_NS);
            figures.add(contender, "processor time of the restart, s", broker.cpuSeconds());
        }
    }

    /// Answers the end offset of each partition.
    private long[] write(BrokerProcess broker) throws ExecutionException {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        long[] ends = new long[partitions];
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all", "batch.size",
                256 * 1024, "linger.ms", 5, "buffer.memory", 64L * 1024 * 1024, "delivery.timeout.ms", 600_000,
                "max.block.ms", 600_000);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] value = new byte[VALUE_BYTES];
            long records = (long) (megabytes * MB / VALUE_BYTES);
            for (long i = 0; i < records; i++) {
                int partition = (int) (i % partitions);
                var _ = producer.send(new ProducerRecord<>(TOPIC, partition, null, value), (metadata, refused) -> {
                    if (refused != null) {
                        failure.compareAndSet(null, refused);
                    } else {
                        // The producer's one thread calls this.
                        ends[partition] = metadata.offset() + 1;
                    }
                });
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw new ExecutionException(failure.get());
        }
        return ends;
    }

    private void readLast(BrokerProcess broker, long[] ends) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "retry.backoff.ms", 5,
                "retry.backoff.max.ms", 5);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(i -> new TopicPartition(TOPIC, i))
                    .toList();
            List<TopicPartition> missing = new ArrayList<>(all);
            consumer.assign(all);
            all.forEach(partition -> consumer.seek(partition, ends[partition.partition()] - 1));
            while (!missing.isEmpty()) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> missing.remove(new TopicPartition(TOPIC, record.partition())));
            }
        }
    }
}
