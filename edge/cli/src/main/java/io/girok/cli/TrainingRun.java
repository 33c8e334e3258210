package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.server.GirokServer;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern READY = Pattern.compile("Girok is ready.*?127\\.0\\.0\\.1:(\\d+)", Pattern.DOTALL);

    private TrainingRun() {}

    public static void main(String[] arguments) throws Exception {
        haltAfter(LIMIT_SECONDS);
        CompletableFuture<String> bootstrap = new CompletableFuture<>();
        System.setOut(new PrintStream(new ReadyLine(bootstrap), true, UTF_8));
        Thread.ofPlatform().name("broker").daemon().start(() -> {
            int exitCode = GirokServer.run(List.of("--set", "log.dirs=" + arguments[0], "--set",
                    "listeners=PLAINTEXT://127.0.0.1:0", "--set", "http.listeners="));
            bootstrap.completeExceptionally(new IllegalStateException("the broker has ended with " + exitCode));
        });
        exercise(bootstrap.get());
        System.exit(0);
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

    /// Finds the port in what the broker prints.
    private static final class ReadyLine extends OutputStream {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private final CompletableFuture<String> bootstrap;

        ReadyLine(CompletableFuture<String> bootstrap) {
            this.bootstrap = bootstrap;
        }

        @Override
        public synchronized void write(int b) {
            text.write(b);
            if (b == '\n') {
                Matcher matcher = READY.matcher(text.toString(UTF_8));
                if (matcher.find()) {
                    bootstrap.complete("127.0.0.1:" + matcher.group(1));
                }
            }
        }
    }
}
