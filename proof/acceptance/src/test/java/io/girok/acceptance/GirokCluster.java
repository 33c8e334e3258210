package io.girok.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Three brokers that are their own quorum, each a process with a directory of its own, on free ports of the loopback;
/// others may join them. Not thread-safe.
final class GirokCluster implements AutoCloseable {
    private static final int SIZE = 3;
    private static final int MAX_SIZE = 5;

    private final Path directory;
    private final List<Integer> ports;
    private final Map<String, String> settings;
    private final @Nullable ClusterNetwork network;
    private final Map<Integer, GirokProcess> alive = new HashMap<>();

    private GirokCluster(Path directory, Map<String, String> settings, @Nullable ClusterNetwork network) {
        this.directory = directory;
        this.ports = freePorts();
        this.settings = settings;
        this.network = network;
    }

    /// Waits until all of them serve.
    static GirokCluster start(Path directory) {
        return start(directory, Map.of(), null);
    }

    /// @param settings beside those that every test wants
    /// @param network in which each broker has an address of its own; null for the loopback
    static GirokCluster start(Path directory, Map<String, String> settings, @Nullable ClusterNetwork network) {
        GirokCluster cluster = new GirokCluster(directory, settings, network);
        cluster.launchAll();
        return cluster;
    }

    private String address(int id) {
        return (network == null ? "127.0.0.1" : network.address(id)) + ":" + ports.get(id - 1);
    }

    void launchAll() {
        ids().forEach(this::launch);
        alive.values().forEach(GirokProcess::awaitReady);
    }

    /// Starts a broker again, or one that joins the others, and waits until it serves.
    void restart(int id) {
        launch(id);
        alive.get(id).awaitReady();
    }

    private void launch(int id) {
        String voters = ids().stream()
                .map(voter -> voter + "@" + address(voter))
                .collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of("start"));
        Map.of("node.id", Integer.toString(id), "listeners", "PLAINTEXT://" + address(id),
                "log.dirs", directory.resolve("node-" + id).toString(), "controller.quorum.voters", voters,
                "default.replication.factor", "3", "min.insync.replicas", "2",
                "group.initial.rebalance.delay.ms", "0")
                .forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        settings.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        alive.put(id, GirokProcess.launch(network == null ? List.of() : network.commandIn(id),
                directory.resolve("node-" + id), arguments, Map.of()));
    }

    List<Integer> ids() {
        return IntStream.rangeClosed(1, SIZE).boxed().toList();
    }

    String bootstrap() {
        return ids().stream().map(this::address).collect(Collectors.joining(","));
    }

    void kill(int id) {
        alive.remove(id).kill();
    }

    /// SIGSTOP: the process is there and does nothing.
    void freeze(int id) {
        alive.get(id).signal("STOP");
    }

    /// SIGCONT.
    void thaw(int id) {
        alive.get(id).signal("CONT");
    }

    void stop(int id) {
        alive.remove(id).stop();
    }

    private static List<Integer> freePorts() {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_SIZE; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void killAll() {
        alive.values().forEach(GirokProcess::kill);
        alive.clear();
    }

    @Override
    public void close() {
        killAll();
    }
}
