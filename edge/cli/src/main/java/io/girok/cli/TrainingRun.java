package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.server.GirokServer;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A short life of a broker and its clients in one process, from which the launcher has the JVM make its start-up
/// cache. Its argument is a directory that may be thrown away afterwards. Owned by the main thread.
final class TrainingRun {
    private static final String TOPIC = "training";
    private static final int RECORDS = 200;
    private static final long LIMIT_SECONDS = 60;
    private static final Pattern READY = Pattern.compile(
            "Girok is ready.*?PLAINTEXT://(127\\.0\\.0\\.1:\\d+).*?SASL_SSL://(127\\.0\\.0\\.1:\\d+)", Pattern.DOTALL);
    private static final String MECHANISM = "SCRAM-SHA-512";
    private static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required "
            + "username=\"training\" password=\"training\";";

    /// Where the broker listens.
    private record Listeners(String plaintext, String secured) {}

    private TrainingRun() {}

    public static void main(String[] arguments) throws Exception {
        haltAfter(LIMIT_SECONDS);
        DevelopmentAuthority authority = DevelopmentAuthority.open(
                Files.createDirectories(Path.of(arguments[0], "certificates")));
        Map<String, String> settings = Map.of("log.dirs", Path.of(arguments[0], "data").toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0,SASL_SSL://127.0.0.1:0", "http.listeners", "",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:ANONYMOUS;User:training",
                "ssl.keystore.type", "PEM", "ssl.keystore.location",
                authority.issue("localhost", List.of("localhost", "127.0.0.1")).toString(),
                "sasl.enabled.mechanisms", MECHANISM, "sasl.jaas.config", LOGIN);
        CompletableFuture<Listeners> ready = new CompletableFuture<>();
        System.setOut(new PrintStream(new ReadyLine(ready), true, UTF_8));
        Thread.ofPlatform().name("broker").daemon().start(() -> {
            int exitCode = GirokServer.run(settings.entrySet()
                    .stream()
                    .flatMap(each -> Stream.of("--set", each.getKey() + "=" + each.getValue()))
                    .toList());
            ready.completeExceptionally(new IllegalStateException("the broker has ended with " + exitCode));
        });
        exercise(ready.get().plaintext());
        exerciseSecured(ready.get().secured(), authority);
        System.exit(0);
    }

    private static void exerciseSecured(String bootstrap, DevelopmentAuthority authority)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "security.protocol", "SASL_SSL",
                "sasl.mechanism", MECHANISM, "sasl.jaas.config", LOGIN, "ssl.truststore.type", "PEM",
                "ssl.truststore.location", authority.certificate().toString()))) {
            admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
        }
    }

    private static void exercise(String bootstrap) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(2), Optional.empty()))).all().get();
            admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
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

    /// A broker that hangs must not hold up the launcher.
    private static void haltAfter(long seconds) {
        Thread.ofPlatform().name("limit").daemon().start(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(seconds));
                System.err.println("the training run did not end within " + seconds + " s");
                Runtime.getRuntime().halt(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Finds the ports in what the broker prints.
    private static final class ReadyLine extends OutputStream {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private final CompletableFuture<Listeners> ready;

        ReadyLine(CompletableFuture<Listeners> ready) {
            this.ready = ready;
        }

        @Override
        public synchronized void write(int b) {
            text.write(b);
            if (b == '\n') {
                Matcher matcher = READY.matcher(text.toString(UTF_8));
                if (matcher.find()) {
                    ready.complete(new Listeners(matcher.group(1), matcher.group(2)));
                }
            }
        }
    }
}
