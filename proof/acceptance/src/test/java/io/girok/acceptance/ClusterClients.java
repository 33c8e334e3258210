package io.girok.acceptance;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/// What tests ask a [GirokCluster], by clients that we did not write. Stateless.
final class ClusterClients {
    static final int PARTITIONS = 3;

    private ClusterClients() {}

    static Properties settings(GirokCluster cluster) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", cluster.bootstrap());
        return settings;
    }

    static Admin admin(GirokCluster cluster) {
        return Admin.create(settings(cluster));
    }

    static KafkaProducer<String, String> producer(GirokCluster cluster) {
        return producer(cluster, Map.of());
    }

    static KafkaProducer<String, String> producer(GirokCluster cluster, Map<String, String> others) {
        Properties settings = settings(cluster);
        settings.putAll(others);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    static void create(Admin admin, String topic) throws Exception {
        create(admin, topic, 3);
    }

    static void create(Admin admin, String topic, int replicas) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) replicas))).all().get();
    }

    /// As one of the brokers sees them; one that has not heard of the topic yet is asked again.
    static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        while (true) {
            try {
                return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    static int leaderOf(Admin admin, String topic) throws Exception {
        return partitions(admin, topic).getFirst().leader().id();
    }

    /// The active one; what DescribeCluster calls so is the broker that was asked.
    static int controller(Admin admin) throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }

    static void awaitInSync(Admin admin, String topic) {
        awaitInSync(admin, topic, 3);
    }

    static void awaitInSync(Admin admin, String topic, int replicas) {
        Waiting.until(topic + " in sync",
                () -> partitions(admin, topic).stream().allMatch(partition -> replicas <= partition.isr().size()));
    }
}
