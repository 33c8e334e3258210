package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A producer with default settings that never stops, and what was acknowledged to it.
final class ClusterLoad implements AutoCloseable {
    private final String name = UUID.randomUUID().toString();
    private final GirokCluster cluster;
    private final String topic;
    private final List<Integer> partitions;
    private final KafkaProducer<String, String> producer;
    private final Map<TopicPartition, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final Thread sender;
    private volatile int acknowledgedCount;

    ClusterLoad(GirokCluster cluster, String topic) {
        this(cluster, topic, Map.of());
    }

    /// @param settings of the producer, where they are not to be the default ones
    ClusterLoad(GirokCluster cluster, String topic, Map<String, String> settings) {
        this(cluster, topic, settings, IntStream.range(0, ClusterClients.PARTITIONS).boxed().toList());
    }

    /// @param partitions to which it sends, in turn
    ClusterLoad(GirokCluster cluster, String topic, Map<String, String> settings, List<Integer> partitions) {
        this.partitions = partitions;
        this.cluster = cluster;
        this.topic = topic;
        this.producer = ClusterClients.producer(cluster, settings);
        this.sender = Thread.ofPlatform().start(this::send);
    }

    private void send() {
        for (int i = 0; !isEnding.get(); i++) {
            String value = "%s %08d".formatted(name, i);
            int partition = partitions.get(i % partitions.size());
            var sent = producer.send(new ProducerRecord<>(topic, partition, null, value),
                    (metadata, error) -> {
                        if (error == null) {
                            acknowledged(metadata, value);
                        } else {
                            failure.set(error);
                        }
                    });
            if (i % 5 == 0) {
                try {
                    sent.get();
                    acknowledgedCount = i;
                } catch (Exception e) {
                    failure.set(e);
                }
            }
        }
    }

    /// An offset that is acknowledged twice tells of a record that was acknowledged and is gone.
    private void acknowledged(RecordMetadata metadata, String value) {
        TopicPartition partition = new TopicPartition(topic, metadata.partition());
        String other = acknowledged.computeIfAbsent(partition, first -> new ConcurrentHashMap<>())
                .putIfAbsent(metadata.offset(), value);
        if (other != null) {
            failure.set(new AssertionError("offset " + metadata.offset() + " of " + partition
                    + " was acknowledged for '" + other + "' and for '" + value + "'"));
        }
    }

    void awaitMore(int count) {
        int target = acknowledgedCount + count;
        Waiting.until(count + " more records", () -> target <= acknowledgedCount || failure.get() != null);
        assertThat(failure.get()).isNull();
    }

    void finish() throws InterruptedException {
        isEnding.set(true);
        sender.join();
        producer.flush();
        assertThat(failure.get()).isNull();
    }

    /// What was acknowledged, by partition and offset.
    Map<TopicPartition, Map<Long, String>> acknowledged() {
        return acknowledged;
    }

    /// All that was acknowledged is where it was said to be; what is there is there once, and in the order in which it
    /// was sent.
    void check() {
        Map<TopicPartition, Map<Long, String>> read = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(ClusterClients.settings(cluster),
                new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(acknowledged.keySet());
            consumer.seekToBeginning(acknowledged.keySet());
            Map<TopicPartition, Long> ends = consumer.endOffsets(acknowledged.keySet());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> consumed : consumer.poll(Duration.ofMillis(200))) {
                    read.computeIfAbsent(new TopicPartition(topic, consumed.partition()),
                            partition -> new TreeMap<>()).put(consumed.offset(), consumed.value());
                }
            }
        }
        acknowledged.forEach((partition, records) -> {
            assertThat(read.get(partition)).as("%s", partition).containsAllEntriesOf(records);
            assertThat(read.get(partition).values().stream().filter(value -> value.startsWith(name + " ")))
                    .as("%s", partition)
                    .doesNotHaveDuplicates()
                    .isSorted();
        });
    }

    @Override
    public void close() {
        isEnding.set(true);
        producer.close(Duration.ZERO);
    }
}
