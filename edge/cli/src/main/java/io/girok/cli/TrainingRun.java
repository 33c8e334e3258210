package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.server.GirokServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A short life of a broker and its clients, and of three brokers that are one cluster, in one process, from which the
/// launcher has the JVM make its start-up cache. Its argument is a directory that may be thrown away afterwards. Owned
/// by the main thread.
final class TrainingRun {
    private static final String TOPIC = "training";
    private static final int RECORDS = 200;
    private static final int CLUSTER_SIZE = 3;
    private static final long LIMIT_SECONDS = 120;
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
        run(settings, exitCode -> ready.completeExceptionally(
                new IllegalStateException("the broker has ended with " + exitCode)));
        exercise(ready.get().plaintext(), 1);
        exerciseSecured(ready.get().secured(), authority);
        try {
            exercise(cluster(Path.of(arguments[0], "cluster")), CLUSTER_SIZE);
        } catch (ExecutionException e) {
            System.err.println("the cache is made without a cluster: " + e.getCause());
        }
        System.exit(0);
    }

    /// Starts a cluster, and gives where one of it listens; whether the others are there, its clients find out.
    private static String cluster(Path directory) throws IOException {
        List<Integer> ports = freePorts();
        String voters = IntStream.range(0, CLUSTER_SIZE)
                .mapToObj(node -> node + "@127.0.0.1:" + ports.get(node))
                .collect(Collectors.joining(","));
        for (int node = 0; node < CLUSTER_SIZE; node++) {
            run(Map.of("node.id", Integer.toString(node), "controller.quorum.voters", voters,
                    "listeners", "PLAINTEXT://127.0.0.1:" + ports.get(node), "http.listeners", "",
                    "log.dirs", directory.resolve("node-" + node).toString()), exitCode -> {});
        }
        return "127.0.0.1:" + ports.getFirst();
    }

    /// They may be taken by others before they are used.
    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < CLUSTER_SIZE; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static void run(Map<String, String> settings, IntConsumer onEnd) {
        Thread.ofPlatform()
                .name("broker")
                .daemon()
                .start(() -> onEnd.accept(GirokServer.run(settings.entrySet()
                        .stream()
                        .flatMap(each -> Stream.of("--set", each.getKey() + "=" + each.getValue()))
                        .toList())));
    }

    private static void exerciseSecured(String bootstrap, DevelopmentAuthority authority)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "security.protocol", "SASL_SSL",
                "sasl.mechanism", MECHANISM, "sasl.jaas.config", LOGIN, "ssl.truststore.type", "PEM",
                "ssl.truststore.location", authority.certificate().toString()))) {
            admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
        }
    }

    private static void exercise(String bootstrap, int replicas) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) replicas))).all().get();
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
