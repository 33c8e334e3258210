package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A consumer group that never stops to read and to commit, each member in a thread of its own, and what it saw. What
/// it has committed never goes back.
final class ClusterGroup implements AutoCloseable {
    private final String group;
    private final GirokCluster cluster;
    private final String topic;
    private final Map<TopicPartition, Map<Long, String>> read = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> members = new ArrayList<>();
    private volatile boolean isEnding;

    ClusterGroup(GirokCluster cluster, String group, String topic, int memberCount) {
        this.cluster = cluster;
        this.group = group;
        this.topic = topic;
        for (int i = 0; i < memberCount; i++) {
            members.add(Thread.ofPlatform().start(this::consume));
        }
    }

    private void consume() {
        Properties settings = ClusterClients.settings(cluster);
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("session.timeout.ms", "10000");
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(),
                new StringDeserializer())) {
            Map<TopicPartition, OffsetAndMetadata> open = new HashMap<>();
            consumer.subscribe(List.of(topic), new Look(consumer, open));
            while (!isEnding) {
                take(consumer, consumer.poll(Duration.ofMillis(100)), open);
            }
        } catch (RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    /// @param open what could not be committed yet; committed again when there is nothing new as well
    private void take(KafkaConsumer<String, String> consumer, ConsumerRecords<String, String> records,
            Map<TopicPartition, OffsetAndMetadata> open) {
        for (ConsumerRecord<String, String> each : records) {
            TopicPartition partition = new TopicPartition(topic, each.partition());
            String before = read.computeIfAbsent(partition, first -> new ConcurrentHashMap<>())
                    .putIfAbsent(each.offset(), each.value());
            assertThat(each.value()).as("offset %d of %s, read again", each.offset(), partition)
                    .isEqualTo(before == null ? each.value() : before);
        }
        open.putAll(records.nextOffsets());
        if (open.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(open);
            open.forEach((partition, offset) -> committed.merge(partition, offset.offset(), Math::max));
            open.clear();
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
            // At the next turn.
        }
    }

    /// Looks, when a member gets partitions, where it is to begin.
    private final class Look implements ConsumerRebalanceListener {
        private final KafkaConsumer<String, String> consumer;
        private final Map<TopicPartition, OffsetAndMetadata> open;

        Look(KafkaConsumer<String, String> consumer, Map<TopicPartition, OffsetAndMetadata> open) {
            this.consumer = consumer;
            this.open = open;
        }

        /// Whoever has them next reads again what is not committed, and commits it.
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            open.keySet().removeAll(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                long atLeast = committed.getOrDefault(partition, 0L);
                assertThat(consumer.position(partition)).as("%s of group %s", partition, group)
                        .isGreaterThanOrEqualTo(atLeast);
            }
        }
    }

    int coordinator(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().coordinator().id();
    }

    /// Waits until so many more records were read.
    void awaitMore(int count) {
        long target = readCount() + count;
        Waiting.until(count + " more read by " + group, () -> target <= readCount() || failure.get() != null);
        assertThat(failure.get()).isNull();
    }

    private long readCount() {
        return read.values().stream().mapToLong(Map::size).sum();
    }

    /// Waits until every record that `load` was acknowledged has been read, and its offset committed; then ends.
    void finish(ClusterLoad load, Admin admin) throws Exception {
        load.acknowledged().forEach((partition, records) -> {
            long end = records.keySet().stream().mapToLong(offset -> offset + 1).max().orElse(0);
            Waiting.until("all of " + partition + " read by " + group,
                    () -> failure.get() != null || (end <= committed.getOrDefault(partition, 0L)
                            && read.getOrDefault(partition, Map.of()).keySet().containsAll(records.keySet())));
        });
        isEnding = true;
        for (Thread member : members) {
            member.join();
        }
        assertThat(failure.get()).isNull();
        load.acknowledged()
                .forEach((partition, records) -> assertThat(read.get(partition)).as("%s", partition)
                        .containsAllEntriesOf(records));
        Map<TopicPartition, OffsetAndMetadata> there = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        committed.forEach((partition, offset) -> assertThat(there.get(partition).offset()).as("%s", partition)
                .isGreaterThanOrEqualTo(offset));
    }

    @Override
    public void close() {
        isEnding = true;
    }
}
