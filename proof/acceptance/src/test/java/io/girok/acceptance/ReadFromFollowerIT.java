package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.producer;
import static io.girok.acceptance.ClusterClients.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers in three racks, and a consumer that reads from the one in its own (KIP-392).
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReadFromFollowerIT {
    private static final String TOPIC = "orders";
    private static final int LEADER = 1;
    private static final int FOLLOWER = 2;
    private static final int COUNT = 2_000;
    private static final String PADDING = "x".repeat(500);

    @TempDir
    Path directory;

    @Test
    void aConsumerReadsFromTheFollowerInItsRackAndGoesOnWithTheLeaderWhenItIsKilled() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory,
                Map.of("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector"),
                Map.of(1, inRack("a"), 2, inRack("b"), 3, inRack("c")));
                Admin admin = admin(cluster);
                KafkaProducer<String, String> producer = producer(cluster);
                KafkaConsumer<String, String> consumer = consumerInRack(cluster, "b")) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(LEADER, FOLLOWER, 3))))).all().get();
            ClusterClients.awaitInSync(admin, TOPIC);
            List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);

            send(producer, 0);
            List<String> before = readAll(consumer);
            double fromFollower = bytesFrom(consumer, FOLLOWER);
            double fromLeader = bytesFrom(consumer, LEADER);
            cluster.kill(FOLLOWER);
            send(producer, COUNT);
            List<String> after = readAll(consumer);

            assertThat(before).isEqualTo(values(0));
            assertThat(after).isEqualTo(values(COUNT));
            long size = (long) COUNT * PADDING.length();
            assertThat(fromFollower).isGreaterThan(size);
            assertThat(fromLeader).isLessThan(size / 10.0);
            assertThat(bytesFrom(consumer, LEADER)).isGreaterThan(size);
        }
    }

    private static GirokCluster.Own inRack(String rack) {
        return new GirokCluster.Own(Map.of("broker.rack", rack), Map.of());
    }

    private static KafkaConsumer<String, String> consumerInRack(GirokCluster cluster, String rack) {
        Properties settings = settings(cluster);
        settings.put("client.rack", rack);
        settings.put("auto.offset.reset", "none");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static void send(KafkaProducer<String, String> producer, int from) {
        values(from).forEach(value -> producer.send(new ProducerRecord<>(TOPIC, 0, null, value)));
        producer.flush();
    }

    private static List<String> values(int from) {
        List<String> values = new ArrayList<>(COUNT);
        for (int i = from; i < from + COUNT; i++) {
            values.add(i + PADDING);
        }
        return values;
    }

    private static List<String> readAll(KafkaConsumer<String, String> consumer) {
        return Clients.poll(consumer, COUNT).stream().map(ConsumerRecord::value).toList();
    }

    /// What the consumer has received from a broker, by its own count.
    private static double bytesFrom(KafkaConsumer<String, String> consumer, int brokerId) {
        return consumer.metrics()
                .entrySet()
                .stream()
                .filter(metric -> metric.getKey().name().equals("incoming-byte-total")
                        && ("node-" + brokerId).equals(metric.getKey().tags().get("node-id")))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }
}
