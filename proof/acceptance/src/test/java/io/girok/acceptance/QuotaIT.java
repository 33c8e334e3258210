package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Quotas as clients feel them that we did not write, set by our tool and by Apache Kafka's.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class QuotaIT {
    private static final int RATE = 200_000;
    private static final String RECORD = "x".repeat(10_000);

    @TempDir
    static Path directory;
    private static GirokProcess broker;

    @BeforeAll
    static void startABroker() {
        // What may be used up at once is little, so that the test need not send much.
        broker = GirokProcess.start(directory.resolve("data"), Map.of("quota.window.num", "2"));
    }

    @AfterAll
    static void stopTheBroker() {
        broker.close();
    }

    @Test
    void aClientAboveItsQuotaIsSlowedDownAndOthersAreNot() {
        CommandRun.girok("", "quota", "set", "--bootstrap", broker.bootstrap(), "--client-id", "greedy", "--produce",
                Integer.toString(RATE), "--fetch", Integer.toString(RATE)).succeeded();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, "slow", 1, Map.of());
        }

        assertThat(produced("modest")).isZero();
        assertThat(produced("greedy")).isPositive();
        assertThat(consumed("modest")).isZero();
        assertThat(consumed("greedy")).isPositive();
    }

    @Test
    void kafkasToolAndOursSeeTheSame() {
        tool("--alter", "--add-config", "consumer_byte_rate=1048576,request_percentage=25", "--entity-type", "users",
                "--entity-name", "alice", "--entity-type", "clients", "--entity-default");
        CommandRun ours = CommandRun.girok("", "quota", "list", "--bootstrap", broker.bootstrap()).succeeded();
        CommandRun theirs = tool("--describe", "--entity-type", "users", "--entity-name", "alice", "--entity-type",
                "clients", "--entity-default");
        CommandRun.girok("", "quota", "remove", "--bootstrap", broker.bootstrap(), "--user", "alice",
                "--client-default").succeeded();
        CommandRun gone = CommandRun.girok("", "quota", "remove", "--bootstrap", broker.bootstrap(), "--user", "alice",
                "--client-default");

        assertThat(ours.output())
                .containsPattern("user alice, client-id \\(default\\)\\s+consumer_byte_rate\\s+1048576")
                .containsPattern("request_percentage\\s+25");
        assertThat(theirs.output()).contains("consumer_byte_rate=1048576.0", "request_percentage=25.0");
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.errors()).contains("no quota of user alice");
    }

    @Test
    void whoCreatesPartitionsTooFastIsToldToWait() {
        CommandRun.girok("", "quota", "set", "--bootstrap", broker.bootstrap(), "--client-id", "maker", "--mutations",
                "0.5").succeeded();
        try (Admin admin = Clients.admin(broker.bootstrap(), Map.of("client.id", "maker"))) {
            CreateTopicsResult made = admin.createTopics(
                    List.of(new NewTopic("made", 10, (short) 1), new NewTopic("refused", 1, (short) 1)),
                    new CreateTopicsOptions().retryOnQuotaViolation(false));

            assertThat(made.values().get("made")).succeedsWithin(Duration.ofMinutes(1));
            assertThat(made.values().get("refused")).failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(ThrottlingQuotaExceededException.class,
                            error -> assertThat(error.throttleTimeMs()).isPositive());
        }
    }

    /// Sends twice what is free at once; answers how long a request was throttled, in milliseconds, on average.
    private static double produced(String clientId) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(),
                Map.of("client.id", clientId, "batch.size", "50000"))) {
            for (int sent = 0; sent < 2 * RATE; sent += RECORD.length()) {
                producer.send(new ProducerRecord<>("slow", RECORD));
            }
            producer.flush();
            return longest(producer.metrics().values(), "produce-throttle-time-max");
        }
    }

    private static double consumed(String clientId) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(),
                Map.of("client.id", clientId, "group.id", clientId, "max.partition.fetch.bytes", "50000"))) {
            consumer.subscribe(List.of("slow"));
            Clients.poll(consumer, 4 * RATE / RECORD.length());
            return longest(consumer.metrics().values(), "fetch-throttle-time-max");
        }
    }

    private static double longest(Collection<? extends Metric> metrics, String name) {
        return metrics.stream()
                .filter(metric -> metric.metricName().name().equals(name))
                .mapToDouble(metric -> (double) metric.metricValue())
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    private static CommandRun tool(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--bootstrap-server";
        all[1] = broker.bootstrap();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return CommandRun.kafkaTool("", "kafka.admin.ConfigCommand", all).succeeded();
    }
}
