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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A short life of a broker, and of three brokers that are one cluster, in one process, from which the launcher has the
/// JVM make the start-up cache of brokers. Its argument is a directory that may be thrown away afterwards; its input
/// ends with the [TrainingClients], and so does it: a cache that held what clients load would cost every start of a
/// broker a tenth. Owned by the main thread.
final class TrainingRun {
    static final String MECHANISM = "SCRAM-SHA-512";
    static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required "
            + "username=\"training\" password=\"training\";";
    static final int CLUSTER_SIZE = 3;
    private static final String PLACES = "places";
    private static final long LIMIT_SECONDS = 120;
    private static final Pattern READY = Pattern.compile(
            "Girok is ready on PLAINTEXT://(127\\.0\\.0\\.1:\\d+)(?:.*?SASL_SSL://(127\\.0\\.0\\.1:\\d+))?.*\\n");

    /// Where the brokers are.
    ///
    /// @param plaintext of the one that is alone
    /// @param secured another listener of it
    /// @param authority a certificate
    /// @param clustered of one of the three
    record Places(String plaintext, String secured, String authority, String clustered) {
        /// Those that the run in this directory, which reads what is printed here, has written, once it has.
        static Places await(Path directory) throws IOException, InterruptedException {
            Path written = directory.resolve(PLACES);
            while (!Files.exists(written)) {
                Thread.sleep(Duration.ofMillis(20));
                System.out.println();
                if (System.out.checkError()) {
                    throw new IOException("the brokers of the training run have ended");
                }
            }
            List<String> lines = Files.readAllLines(written);
            return new Places(lines.get(0), lines.get(1), lines.get(2), lines.get(3));
        }

        private void write(Path directory) throws IOException {
            Path written = directory.resolve(PLACES + ".tmp");
            Files.write(written, List.of(plaintext, secured, authority, clustered));
            Files.move(written, directory.resolve(PLACES), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private TrainingRun() {}

    public static void main(String[] arguments) throws Exception {
        haltAfterLimit();
        Path directory = Path.of(arguments[0]);
        DevelopmentAuthority authority = DevelopmentAuthority
                .open(Files.createDirectories(directory.resolve("certificates")));
        CompletableFuture<List<MatchResult>> ready = new CompletableFuture<>();
        System.setOut(new PrintStream(new ReadyLines(ready), true, UTF_8));
        run(Map.of("log.dirs", directory.resolve("data").toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0,SASL_SSL://127.0.0.1:0",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:ANONYMOUS;User:training",
                "ssl.keystore.type", "PEM", "ssl.keystore.location",
                authority.issue("localhost", List.of("localhost", "127.0.0.1")).toString(),
                "sasl.enabled.mechanisms", MECHANISM, "sasl.jaas.config", LOGIN), ready);
        runCluster(directory.resolve("cluster"), ready);
        try {
            places(ready.get(), authority).write(directory);
        } catch (ExecutionException e) {
            System.err.println(e.getMessage());
            Runtime.getRuntime().halt(1);
        }
        System.in.readAllBytes();
        System.exit(0);
    }

    private static Places places(List<MatchResult> ready, DevelopmentAuthority authority) {
        MatchResult alone = ready.stream().filter(line -> line.group(2) != null).findFirst().orElseThrow();
        MatchResult clustered = ready.stream().filter(line -> line.group(2) == null).findFirst().orElseThrow();
        return new Places(address(alone, 1), address(alone, 2), authority.certificate().toString(),
                address(clustered, 1));
    }

    private static String address(MatchResult line, int listener) {
        return Objects.requireNonNull(line.group(listener));
    }

    private static void runCluster(Path directory, CompletableFuture<?> ready) throws IOException {
        List<Integer> ports = freePorts();
        String voters = IntStream.range(0, CLUSTER_SIZE)
                .mapToObj(node -> node + "@127.0.0.1:" + ports.get(node))
                .collect(Collectors.joining(","));
        for (int node = 0; node < CLUSTER_SIZE; node++) {
            run(Map.of("node.id", Integer.toString(node), "controller.quorum.voters", voters,
                    "listeners", "PLAINTEXT://127.0.0.1:" + ports.get(node),
                    "log.dirs", directory.resolve("node-" + node).toString()), ready);
        }
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

    private static void run(Map<String, String> place, CompletableFuture<?> ready) {
        Map<String, String> settings = new HashMap<>(place);
        settings.putAll(Map.of("http.listeners", "", "group.initial.rebalance.delay.ms", "0"));
        Thread.ofPlatform()
                .name("broker")
                .daemon()
                .start(() -> {
                    int exitCode = GirokServer.run(settings.entrySet()
                            .stream()
                            .flatMap(each -> Stream.of("--set", each.getKey() + "=" + each.getValue()))
                            .toList());
                    ready.completeExceptionally(new IllegalStateException("a broker has ended with " + exitCode));
                });
    }

    /// Brokers or clients that hang must not hold up the launcher.
    static void haltAfterLimit() {
        Thread.ofPlatform().name("limit").daemon().start(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(LIMIT_SECONDS));
                System.err.println("the training run did not end within " + LIMIT_SECONDS + " s");
                Runtime.getRuntime().halt(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Finds the ports in what the brokers print.
    private static final class ReadyLines extends OutputStream {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private final CompletableFuture<List<MatchResult>> ready;

        ReadyLines(CompletableFuture<List<MatchResult>> ready) {
            this.ready = ready;
        }

        @Override
        public synchronized void write(int b) {
            text.write(b);
            if (b == '\n') {
                List<MatchResult> lines = READY.matcher(text.toString(UTF_8)).results().toList();
                if (lines.size() == 1 + CLUSTER_SIZE) {
                    ready.complete(lines);
                }
            }
        }
    }
}
