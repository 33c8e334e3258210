package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A compacted topic of a real process: written to while it is cleaned, killed in between, and read by others.
class CompactionIT {
    private static final TopicPartition PARTITION = new TopicPartition("compacted", 0);
    private static final int ROUNDS = 4;
    private static final int RECORDS = 4_000;
    private static final int KEYS = 60;
    private static final int MAX_NOISE_BYTES = 1_000;
    private static final Map<String, String> BROKER = Map.of("log.cleaner.backoff.ms", "20",
            "log.segment.delete.delay.ms", "100", "http.listeners", "HTTP://127.0.0.1:0");
    private static final Pattern COUNTED = Pattern.compile("(?m)^girok_cleaner_read_records_total [1-9]");
    private static final Pattern METRICS = Pattern.compile("metrics are at (http://\\S+)");

    @TempDir
    Path directory;

    @Test
    void theLastRecordOfEachKeyIsThereAfterKillsInTheMiddleOfCleanings() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        Map<String, Written> last = new HashMap<>();
        GirokProcess broker = GirokProcess.start(data, BROKER);
        int port = broker.port();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, PARTITION.topic(), 1,
                    Map.of("cleanup.policy", "compact", "segment.bytes", "1048576", "min.cleanable.dirty.ratio", "0.01",
                            "index.interval.bytes", "512"));
        }

        for (int round = 0; round < ROUNDS; round++) {
            write(broker, random, last);
            broker.kill();
            broker = GirokProcess.start(data, port, BROKER);
            check(broker, last);
        }
        awaitFewRecords(broker);
        check(broker, last);
        write(broker, random, last);
        String address = metricsAddress(broker);
        Clients.awaitUntil("a cleaning in the metrics", () -> COUNTED.matcher(read(address)).find());
        assertThat(read(address)).contains("\ngirok_cleaner_failures_total 0\n",
                "\nkafka_log_logcleanermanager_uncleanable_partitions_count 0\n",
                "\nkafka_log_logmanager_offlinelogdirectorycount 0\n");
        check(broker, last);
        assertThat(broker.errorText()).doesNotContain(" ERROR ");
        assertThat(broker.stop()).isZero();

        CommandRun.girok("", "log", "verify", data.toString()).succeeded();
        CommandRun progress = CommandRun.girok("", "log", "compaction", "--json", data.toString()).succeeded();
        assertThat(progress.output()).contains("\"topic\":\"compacted\"").doesNotContain("\"cleanBelow\":0,");
        DumpLog.accepts(List.of(data.resolve(PARTITION.toString())));
    }

    private static String metricsAddress(GirokProcess broker) {
        Matcher address = METRICS.matcher(broker.errorText());
        assertThat(address.find()).isTrue();
        return address.group(1);
    }

    private static String read(String address) {
        try (InputStream answer = URI.create(address).toURL().openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Written(long offset, String value) {}

    private static void write(GirokProcess broker, Random random, Map<String, Written> last) {
        String codec = List.of("none", "lz4", "gzip", "zstd").get(random.nextInt(4));
        Map<String, Object> settings = Map.of("compression.type", codec, "linger.ms", 1);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), settings)) {
            for (int i = 0; i < RECORDS; i++) {
                String key = "key-" + random.nextInt(KEYS);
                String value = i + " " + noise(random);
                producer.send(new ProducerRecord<>(PARTITION.topic(), 0, key, value), (metadata, failure) -> {
                    if (failure == null) {
                        last.put(key, new Written(metadata.offset(), value));
                    }
                });
            }
            producer.flush();
        }
    }

    /// Text that no codec makes much shorter, so that segments fill up.
    private static String noise(Random random) {
        byte[] bytes = new byte[random.nextInt(MAX_NOISE_BYTES)];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void check(GirokProcess broker, Map<String, Written> last) {
        Map<String, Written> seen = new HashMap<>();
        long previous = -1;
        for (ConsumerRecord<String, String> record : readAll(broker)) {
            assertThat(record.offset()).isGreaterThan(previous);
            previous = record.offset();
            seen.put(record.key(), new Written(record.offset(), record.value()));
        }
        assertThat(seen).isEqualTo(last);
    }

    private static List<ConsumerRecord<String, String>> readAll(GirokProcess broker) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (Admin admin = Clients.admin(broker.bootstrap());
                KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            long end = Clients
                    .await(admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest())).partitionResult(PARTITION))
                    .offset();
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            Clients.awaitUntil("the consumer at the end", () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return end <= consumer.position(PARTITION);
            });
        }
        return records;
    }

    /// What is in closed segments goes down to a record for each key.
    private static void awaitFewRecords(GirokProcess broker) {
        Clients.awaitUntil("a compacted log", () -> readAll(broker).size() < KEYS + 3_000);
    }
}
