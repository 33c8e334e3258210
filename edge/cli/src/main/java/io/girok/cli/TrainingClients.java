package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The clients of a [TrainingRun] for some seconds, from which the launcher has the JVM make the start-up cache of all
/// other commands. The argument is the directory of that run. Owned by the main thread.
final class TrainingClients {
    private static final String TOPIC = "training";
    private static final int RECORDS = 200;

    private TrainingClients() {}

    public static void main(String[] arguments) throws Exception {
        TrainingRun.haltAfterLimit();
        TrainingRun.Places places = TrainingRun.Places.await(Path.of(arguments[0]));
        exercise(places.plaintext(), 1);
        exerciseSecured(places);
        exercise(places.clustered(), TrainingRun.CLUSTER_SIZE);
        GirokCommand.run("topic", "list", "--bootstrap", places.plaintext());
        // The brokers wait for the end of this, and need not wait for the cache.
        System.out.close();
        System.exit(0);
    }

    private static void exerciseSecured(TrainingRun.Places places) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", places.secured(), "security.protocol", "SASL_SSL",
                "sasl.mechanism", TrainingRun.MECHANISM, "sasl.jaas.config", TrainingRun.LOGIN,
                "ssl.truststore.type", "PEM", "ssl.truststore.location", places.authority()))) {
            describe(admin);
        }
    }

    /// A broker of several may not have heard of the topic yet.
    private static void describe(Admin admin) throws ExecutionException, InterruptedException {
        while (true) {
            try {
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    private static void exercise(String bootstrap, int replicas) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) replicas))).all().get();
            describe(admin);
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, Integer.toString(i).getBytes(UTF_8), new byte[100])).get();
            }
        }
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", TOPIC, "auto.offset.reset",
                "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            for (int seen = 0; seen < RECORDS;) {
                seen += consumer.poll(Duration.ofSeconds(1)).count();
            }
            consumer.commitSync();
        }
    }
}
