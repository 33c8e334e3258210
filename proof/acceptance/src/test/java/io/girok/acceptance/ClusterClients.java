package io.girok.acceptance;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/// What tests ask a [GirokCluster], by clients that we did not write. Stateless.
final class ClusterClients {
    static final int PARTITIONS = 3;
    static final int NOBODY = -1;

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

    static void create(Admin admin, String topic) {
        create(admin, topic, 3);
    }

    static void create(Admin admin, String topic, int replicas) {
        Waiting.until(topic + " to be there", () -> isDone(
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) replicas))).all(),
                TopicExistsException.class));
    }

    static void delete(Admin admin, String topic) {
        Waiting.until(topic + " to be gone", () -> isDone(admin.deleteTopics(List.of(topic)).all(),
                UnknownTopicOrPartitionException.class));
    }

    /// False where it is not known, as while a controller is replaced: to be asked for again.
    ///
    /// @param already the error that says that it was done before
    private static boolean isDone(KafkaFuture<Void> asked, Class<? extends Exception> already) throws Exception {
        try {
            asked.get();
            return true;
        } catch (ExecutionException e) {
            if (already.isInstance(e.getCause())) {
                return true;
            }
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
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

    /// Who leads each partition; [#NOBODY] where there is none.
    static List<Integer> leaders(Admin admin, String topic) throws Exception {
        return partitions(admin, topic).stream()
                .map(partition -> partition.leader() == null ? NOBODY : partition.leader().id())
                .toList();
    }

    /// Of the first partition, as soon as there is one.
    static int leaderOf(Admin admin, String topic) throws Exception {
        while (true) {
            int leader = leaders(admin, topic).getFirst();
            if (leader != NOBODY) {
                return leader;
            }
        }
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
