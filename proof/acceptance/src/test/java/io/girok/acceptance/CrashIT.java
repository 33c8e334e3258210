package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` in the middle of writes, again and again: nothing acknowledged is lost, nothing is there twice.
class CrashIT {
    private static final int ROUNDS = Integer.getInteger("girok.crash.rounds", 3);
    private static final int PARTITIONS = 3;

    @TempDir
    Path directory;

    @Test
    void acknowledgedRecordsAreThereOnceAfterEveryKill() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        ConcurrentSkipListSet<Long> acknowledged = new ConcurrentSkipListSet<>();
        AtomicLong sent = new AtomicLong();

        GirokProcess broker = GirokProcess.start(data, Map.of("log.segment.bytes", "1048576"));
        int port = broker.port();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, "kept", PARTITIONS, Map.of("index.interval.bytes", "512"));
        }
        try (KafkaProducer<String, String> producer = Clients.producer(
                broker.bootstrap(),
                Map.of("retry.backoff.max.ms", 100, "reconnect.backoff.max.ms", 50, "delivery.timeout.ms", 300_000,
                        "request.timeout.ms", 5_000))) {
            for (int round = 0; round < ROUNDS; round++) {
                long target = acknowledged.size() + 500L + random.nextInt(3_000);
                while (acknowledged.size() < target) {
                    long value = sent.getAndIncrement();
                    producer.send(new ProducerRecord<>("kept", (int) (value % PARTITIONS), null,
                            value + " " + "x".repeat(random.nextInt(400))), (_, failure) -> {
                                if (failure == null) {
                                    acknowledged.add(value);
                                }
                            });
                }
                broker.kill();
                broker = GirokProcess.start(data, port, Map.of("log.segment.bytes", "1048576"));
            }
            producer.flush();
        }

        assertThat(acknowledged).hasSize(Math.toIntExact(sent.get()));
        verify(broker, acknowledged);
        assertThat(broker.stop()).isZero();
        CommandRun.girok("", "log", "verify", data.toString()).succeeded();
        DumpLog.accepts(IntStream.range(0, PARTITIONS).mapToObj(index -> data.resolve("kept-" + index)).toList());
    }

    private static void verify(GirokProcess broker, ConcurrentSkipListSet<Long> acknowledged) {
        Map<TopicPartition, List<ConsumerRecord<String, String>>> read = new HashMap<>();
        try (Admin admin = Clients.admin(broker.bootstrap());
                KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            for (int i = 0; i < PARTITIONS; i++) {
                TopicPartition partition = new TopicPartition("kept", i);
                long end = Clients
                        .await(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition))
                        .offset();
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                read.put(partition, Clients.poll(consumer, Math.toIntExact(end)));
            }
        }
        List<Long> values = new ArrayList<>();
        read.forEach((partition, records) -> {
            long previous = -1;
            for (int i = 0; i < records.size(); i++) {
                long value = Long.parseLong(records.get(i).value().split(" ")[0]);
                assertThat(records.get(i).offset()).as("offsets of %s are dense", partition).isEqualTo(i);
                assertThat(value).as("order in %s at offset %s", partition, i).isGreaterThan(previous);
                previous = value;
                values.add(value);
            }
        });
        assertThat(values).containsExactlyInAnyOrderElementsOf(acknowledged);
    }
}
