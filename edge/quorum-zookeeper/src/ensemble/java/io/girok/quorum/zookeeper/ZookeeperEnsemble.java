package io.girok.quorum.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// ZooKeeper servers, each a process with a directory of its own, on free ports of the loopback; one that is killed can
/// be started again. Not thread-safe.
///
/// The servers run from the class path of the test, which has ZooKeeper's own jar and what that needs.
public final class ZookeeperEnsemble implements AutoCloseable {
    private static final String MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
    private static final long PATIENCE_NS = 60_000_000_000L;
    private static final int ASK_LIMIT_MS = 2_000;
    private static final long POLL_MS = 20;
    private static final long KILL_LIMIT_MS = 60_000;
    private static final int PORTS_OF_ONE = 3;
    private static final int FIRST_PORT = 12_000;
    private static final int PORT_BOUND = 32_000;
    private static final int PORT_ATTEMPTS = 1_000;

    private final Path directory;
    private final int size;
    private final List<String> settings;
    private final List<String> options;
    private final List<Integer> ports;
    private final Map<Integer, Process> alive = new HashMap<>();

    private ZookeeperEnsemble(Path directory, int size, List<String> settings, List<String> options) {
        this.directory = directory;
        this.size = size;
        this.settings = settings;
        this.options = options;
        this.ports = freePorts(size * PORTS_OF_ONE);
    }

    /// Waits until all of them serve.
    ///
    /// @param settings lines of the servers' configuration, beside those that every test wants
    public static ZookeeperEnsemble start(Path directory, int size, List<String> settings) {
        return start(directory, size, settings, List.of());
    }

    /// @param options of the servers' virtual machines
    public static ZookeeperEnsemble start(Path directory, int size, List<String> settings, List<String> options) {
        ZookeeperEnsemble ensemble = new ZookeeperEnsemble(directory, size, settings, options);
        try {
            ensemble.ids().forEach(ensemble::launch);
            ensemble.ids().forEach(ensemble::awaitServing);
        } catch (RuntimeException | AssertionError e) {
            ensemble.close();
            throw e;
        }
        return ensemble;
    }

    public List<Integer> ids() {
        return IntStream.rangeClosed(1, size).boxed().toList();
    }

    /// What clients connect to.
    public String connect() {
        return ids().stream().map(id -> "127.0.0.1:" + port(id, 0)).collect(Collectors.joining(","));
    }

    private int port(int id, int which) {
        return ports.get((id - 1) * PORTS_OF_ONE + which);
    }

    private void launch(int id) {
        Path home = directory.resolve("zookeeper-" + id);
        List<String> lines = new ArrayList<>(List.of("tickTime=250", "initLimit=40", "syncLimit=20",
                "minSessionTimeout=500", "maxSessionTimeout=60000", "admin.enableServer=false",
                "dataDir=" + home.resolve("data")));
        if (settings.stream().noneMatch(line -> line.startsWith("secureClientPort="))) {
            lines.add("clientPortAddress=127.0.0.1");
            lines.add("clientPort=" + port(id, 0));
        }
        lines.addAll(settings.stream().map(line -> line.replace("${port}", "" + port(id, 0))).toList());
        if (1 < size) {
            ids().forEach(other -> lines.add("server." + other + "=127.0.0.1:" + port(other, 1) + ":"
                    + port(other, 2)));
        }
        try {
            Files.createDirectories(home.resolve("data"));
            Files.writeString(home.resolve("data/myid"), Integer.toString(id));
            Files.write(home.resolve("zoo.cfg"), lines);
            List<String> command = new ArrayList<>(
                    List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx96m", "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData",
                            // What the servers write need not outlive the machine, and the tests' disk is slow.
                            "-Dzookeeper.forceSync=no", "-Dzookeeper.electionPortBindRetry=0"));
            command.addAll(options);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN,
                    home.resolve("zoo.cfg").toString()));
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(home.resolve("out").toFile()))
                    .start();
            // A test that fails may not come to its end.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            alive.put(id, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the server has a majority to serve with.
    private void awaitServing(int id) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!ask(id, "srvr").contains("Mode:")) {
            if (deadline < System.nanoTime() || hasEnded(running(id), POLL_MS)) {
                throw new AssertionError("ZooKeeper server " + id + " does not serve; see " + directory);
            }
        }
    }

    private static boolean hasEnded(Process process, long withinMs) {
        try {
            return process.waitFor(withinMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Empty when it does not answer. Servers that speak TLS only count as serving once their port is open.
    private String ask(int id, String word) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(id, 0)), ASK_LIMIT_MS);
            if (settings.stream().anyMatch(line -> line.startsWith("secureClientPort="))) {
                return "Mode: unknown";
            }
            socket.setSoTimeout(ASK_LIMIT_MS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    /// The one that leads the others, once it says so.
    public int leader() {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (true) {
            for (int id : List.copyOf(alive.keySet())) {
                if (ask(id, "srvr").contains("Mode: leader")) {
                    return id;
                }
                if (deadline < System.nanoTime() || hasEnded(running(id), POLL_MS)) {
                    throw new AssertionError("no ZooKeeper server leads; see " + directory);
                }
            }
        }
    }

    /// SIGKILL.
    public void kill(int id) {
        Process process = running(id);
        alive.remove(id);
        process.destroyForcibly();
        if (!hasEnded(process, KILL_LIMIT_MS)) {
            throw new AssertionError("ZooKeeper server " + id + " can't be killed");
        }
    }

    private Process running(int id) {
        return Objects.requireNonNull(alive.get(id), "ZooKeeper server " + id + " does not run");
    }

    /// Starts a server again that was killed, without waiting for it.
    public void restart(int id) {
        launch(id);
    }

    /// Starts all that were killed, and waits until all serve.
    public void heal() {
        ids().stream().filter(id -> !alive.containsKey(id)).forEach(this::launch);
        ids().forEach(this::awaitServing);
    }

    /// Below those that the kernel gives to connections: one of these may be taken while its server is not there.
    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < PORT_ATTEMPTS && sockets.size() < count; i++) {
                int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, PORT_BOUND);
                try {
                    sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    // The next one.
                }
            }
            if (sockets.size() < count) {
                throw new IllegalStateException(
                        "no " + count + " free ports among " + FIRST_PORT + " to " + PORT_BOUND);
            }
            List<Integer> found = sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        List.copyOf(alive.keySet()).forEach(this::kill);
    }
}
