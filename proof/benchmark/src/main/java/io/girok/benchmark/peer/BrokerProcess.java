package io.girok.benchmark.peer;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A broker as a process on loopback, seen from the outside: its port and `/proc`. Owned by one thread.
final class BrokerProcess implements AutoCloseable {
    private static final long START_LIMIT_NS = Duration.ofMinutes(10).toNanos();
    private static final long STOP_LIMIT_S = 120;
    private static final long POLL_NS = 2_000_000;
    private static final int PROBE_TIMEOUT_MS = 1_000;
    private static final double MS_IN_NS = 1e6;
    private static final double TICKS_IN_SECOND = 100;
    /// ApiVersions of version 0 without a client id, with its length.
    private static final byte[] API_VERSIONS = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, -1, -1};

    private final Process process;
    private final Path directory;
    private final int port;
    /// Where the load goes.
    private final int loadPort;
    private final long beginNs;
    private double readyMs;

    private BrokerProcess(Process process, Path directory, int port, int loadPort, long beginNs) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.loadPort = loadPort;
        this.beginNs = beginNs;
    }

    /// Starts a broker and waits until it answers its first request.
    ///
    /// @param directory for data and logs; where an earlier process of the contender has left something, it goes on
    static BrokerProcess start(Repository repository, Contender contender, Path directory,
            Map<String, String> moreSettings) throws IOException, InterruptedException {
        return start(repository, contender, directory, moreSettings, null);
    }

    /// As [#start].
    ///
    /// @param tls null for a load in plain text
    static BrokerProcess start(Repository repository, Contender contender, Path directory,
            Map<String, String> moreSettings, @Nullable TlsFiles tls) throws IOException, InterruptedException {
        int port = freePort();
        int loadPort = tls == null ? port : freePort();
        String listeners = "PLAINTEXT://127.0.0.1:" + port + (tls == null ? "" : ",SSL://127.0.0.1:" + loadPort);
        Map<String, String> more = new HashMap<>(moreSettings);
        if (tls != null) {
            more.putAll(tls.brokerSettings());
        }
        List<String> command = switch (contender.program()) {
            case GIROK -> girok(repository, contender, directory, listeners, more);
            case KAFKA -> kafka(repository, contender, directory, listeners, more);
        };
        BrokerProcess started = launch(command, directory, port, loadPort);
        started.awaitAnswer();
        return started;
    }

    /// Starts a broker and does not wait.
    static BrokerProcess launch(List<String> command, Path directory, int port) throws IOException {
        return launch(command, directory, port, port);
    }

    private static BrokerProcess launch(List<String> command, Path directory, int port, int loadPort)
            throws IOException {
        Files.createDirectories(directory);
        long beginNs = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("broker.out").toFile()))
                .start();
        return new BrokerProcess(process, directory, port, loadPort, beginNs);
    }

    /// Waits for its first answer.
    void awaitAnswer() throws IOException {
        while (!answers(port)) {
            if (!process.isAlive() || START_LIMIT_NS < System.nanoTime() - beginNs) {
                process.destroyForcibly();
                throw new IOException("a broker did not get ready; it said:\n"
                        + Files.readString(directory.resolve("broker.out")));
            }
            LockSupport.parkNanos(POLL_NS);
        }
        readyMs = (System.nanoTime() - beginNs) / MS_IN_NS;
    }

    private static List<String> girok(Repository repository, Contender contender, Path directory, String listeners,
            Map<String, String> moreSettings) {
        return girokCommand(repository, Stream.of(
                Map.of("log.dirs", directory.resolve("data").toString(), "listeners",
                        listeners),
                contender.settings(),
                moreSettings));
    }

    static List<String> girokCommand(Repository repository, Stream<Map<String, String>> settings) {
        List<String> command = new ArrayList<>(List.of(repository.root().resolve("girok").toString(), "start"));
        settings.forEach(some -> some.forEach((name, value) -> {
            command.add("--set");
            command.add(name + "=" + value);
        }));
        return command;
    }

    private static List<String> kafka(Repository repository, Contender contender, Path directory, String listeners,
            Map<String, String> moreSettings) throws IOException, InterruptedException {
        int controllerPort = freePort();
        return kafkaCommand(repository, directory, Stream.of(
                Map.of("process.roles", "broker,controller",
                        "node.id", "1",
                        "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                        "listeners", listeners + ",CONTROLLER://127.0.0.1:" + controllerPort,
                        "controller.listener.names", "CONTROLLER",
                        // One node has room for one copy.
                        "offsets.topic.replication.factor", "1",
                        "transaction.state.log.replication.factor", "1",
                        "transaction.state.log.min.isr", "1",
                        "share.coordinator.state.topic.replication.factor", "1",
                        "share.coordinator.state.topic.min.isr", "1"),
                contender.settings(),
                moreSettings));
    }

    /// Its storage is formatted on the way, if it is not yet.
    static List<String> kafkaCommand(Repository repository, Path directory, Stream<Map<String, String>> settings)
            throws IOException, InterruptedException {
        Path properties = directory.resolve("server.properties");
        Path data = directory.resolve("data");
        Files.createDirectories(directory);
        List<String> lines = new ArrayList<>(List.of("log.dirs=" + data));
        settings.forEach(some -> some.forEach((name, value) -> lines.add(name + "=" + value)));
        Files.write(properties, lines);
        if (!Files.exists(data.resolve("meta.properties"))) {
            format(repository, properties, directory);
        }
        List<String> command = new ArrayList<>(repository.kafkaJava());
        // The options that Apache Kafka's own start script gives.
        command.addAll(
                1,
                List.of(
                        "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                        "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"));
        command.addAll(List.of("kafka.Kafka", properties.toString()));
        return command;
    }

    private static void format(Repository repository, Path properties, Path directory)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(repository.kafkaJava());
        command.addAll(
                List.of("kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c",
                        properties.toString()));
        Path output = directory.resolve("format.out");
        int exitCode = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("Apache Kafka's storage could not be formatted:\n" + Files.readString(output));
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_TIMEOUT_MS);
            socket.setSoTimeout(PROBE_TIMEOUT_MS);
            socket.getOutputStream().write(API_VERSIONS);
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            return 0 < answer.readInt();
        } catch (IOException e) {
            return false;
        }
    }

    String bootstrap() {
        return "127.0.0.1:" + loadPort;
    }

    /// Without TLS.
    String plainBootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Where plaintext is spoken.
    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /// From the start of the process to its first answer.
    double readyMs() {
        return readyMs;
    }

    double residentMb() throws IOException {
        try (BufferedReader status = Files.newBufferedReader(proc("status"))) {
            String line = status.lines().filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
        }
    }

    /// User and system time of all threads so far.
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_IN_SECOND;
    }

    long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(proc("fd"))) {
            return descriptors.count();
        }
    }

    long memoryMaps() throws IOException {
        try (Stream<String> maps = Files.lines(proc("maps"))) {
            return maps.count();
        }
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    /// SIGTERM; answers how long the end took.
    double stopMs() {
        long beginNs = System.nanoTime();
        process.destroy();
        process.onExit().completeOnTimeout(process, STOP_LIMIT_S, TimeUnit.SECONDS).join();
        kill();
        return (System.nanoTime() - beginNs) / MS_IN_NS;
    }

    /// `kill -9`.
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stopMs();
        }
    }

    /// A directory of its own for one process.
    static Path freshDirectory(Path parent) throws IOException {
        return Files.createDirectories(parent.resolve(UUID.randomUUID().toString()));
    }

    /// Removes such a directory.
    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
