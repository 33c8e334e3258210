package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A producer with default settings that never stops, and what was acknowledged to it.
final class ClusterLoad implements AutoCloseable {
    private final GirokCluster cluster;
    private final String topic;
    private final KafkaProducer<String, String> producer;
    private final Map<TopicPartition, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final Thread sender;
    private volatile int acknowledgedCount;

    ClusterLoad(GirokCluster cluster, String topic) {
        this(cluster, topic, Map.of());
    }

    /// @param settings of the producer, where they are not to be the default ones
    ClusterLoad(GirokCluster cluster, String topic, Map<String, String> settings) {
        this.cluster = cluster;
        this.topic = topic;
        this.producer = ClusterClients.producer(cluster, settings);
        this.sender = Thread.ofPlatform().start(this::send);
    }

    private void send() {
        for (int i = 0; !isEnding.get(); i++) {
            String value = "value-" + i;
            var sent = producer.send(new ProducerRecord<>(topic, i % ClusterClients.PARTITIONS, null, value),
                    (metadata, error) -> {
                        if (error == null) {
                            acknowledged.computeIfAbsent(new TopicPartition(topic, metadata.partition()),
                                    partition -> new ConcurrentHashMap<>()).put(metadata.offset(), value);
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

    void awaitMore(int count) {
        int target = acknowledgedCount + count;
        while (acknowledgedCount < target && failure.get() == null) {
            Thread.onSpinWait();
        }
        assertThat(failure.get()).isNull();
    }

    void finish() throws InterruptedException {
        isEnding.set(true);
        sender.join();
        producer.flush();
        assertThat(failure.get()).isNull();
    }

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
                            partition -> new HashMap<>()).put(consumed.offset(), consumed.value());
                }
            }
        }
        acknowledged.forEach((partition, records) -> {
            assertThat(read.get(partition)).as("%s", partition).containsAllEntriesOf(records);
            assertThat(read.get(partition).values()).as("%s", partition).doesNotHaveDuplicates();
        });
    }

    @Override
    public void close() {
        isEnding.set(true);
        producer.close(Duration.ZERO);
    }
}
