package io.girok.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A consumer of all partitions without a group. Owned by the thread that runs it.
final class BenchConsume implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long STALL_NS = 30_000_000_000L;

    private final KafkaConsumer<byte[], byte[]> consumer;

    private BenchConsume(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    static BenchConsume open(BenchPlan plan) {
        Map<String, Object> settings = new HashMap<>(plan.client());
        settings.putIfAbsent("enable.auto.commit", "false");
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(plan.topic())
                .stream()
                .map(partition -> new TopicPartition(plan.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        return new BenchConsume(consumer);
    }

    void seekToBeginning() {
        consumer.seekToBeginning(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
    }

    void seekToEnd() {
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
    }

    /// How many offsets lie between the oldest record and where this consumer is, over all partitions.
    long distanceFromBeginning() {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(consumer.assignment());
        return first.entrySet()
                .stream()
                .mapToLong(entry -> consumer.position(entry.getKey()) - entry.getValue())
                .sum();
    }

    /// Reads so many records and answers the bytes of their values.
    ///
    /// @throws Failure when none come for half a minute
    long read(long records) {
        long bytes = 0;
        long left = records;
        long lastNs = System.nanoTime();
        while (0 < left) {
            ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
            if (batch.isEmpty()) {
                if (lastNs + STALL_NS < System.nanoTime()) {
                    throw Failure.of(left + " of " + records + " records did not come");
                }
                continue;
            }
            lastNs = System.nanoTime();
            for (ConsumerRecord<byte[], byte[]> read : batch) {
                bytes += read.value().length;
            }
            left -= batch.count();
        }
        return bytes;
    }

    /// Reads what is there now and tells the age of each record.
    long readAges(Latencies latencies) {
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
        long nowNs = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> read : batch) {
            latencies.add(nowNs - Payloads.timeNs(read.value()));
        }
        return batch.count();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
