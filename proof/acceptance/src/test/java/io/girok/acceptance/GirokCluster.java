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

/// Three brokers that are their own quorum, each a process with a directory of its own, on free ports of the loopback.
/// Not thread-safe.
final class GirokCluster implements AutoCloseable {
    private static final int SIZE = 3;

    private final Path directory;
    private final List<Integer> ports;
    private final Map<Integer, GirokProcess> alive = new HashMap<>();

    private GirokCluster(Path directory) {
        this.directory = directory;
        this.ports = freePorts();
    }

    /// Waits until all of them serve.
    static GirokCluster start(Path directory) {
        GirokCluster cluster = new GirokCluster(directory);
        cluster.launchAll();
        return cluster;
    }

    void launchAll() {
        ids().forEach(this::launch);
        alive.values().forEach(GirokProcess::awaitReady);
    }

    /// Starts a broker again, and waits until it serves.
    void restart(int id) {
        launch(id);
        alive.get(id).awaitReady();
    }

    private void launch(int id) {
        String voters = ids().stream()
                .map(voter -> voter + "@127.0.0.1:" + ports.get(voter - 1))
                .collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of("start"));
        Map.of("node.id", Integer.toString(id), "listeners", "PLAINTEXT://127.0.0.1:" + ports.get(id - 1),
                "log.dirs", directory.resolve("node-" + id).toString(), "controller.quorum.voters", voters,
                "default.replication.factor", "3", "min.insync.replicas", "2",
                "group.initial.rebalance.delay.ms", "0")
                .forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        alive.put(id, GirokProcess.launch(directory.resolve("node-" + id), arguments, Map.of()));
    }

    List<Integer> ids() {
        return IntStream.rangeClosed(1, SIZE).boxed().toList();
    }

    String bootstrap() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    void kill(int id) {
        alive.remove(id).kill();
    }

    void stop(int id) {
        alive.remove(id).stop();
    }

    private static List<Integer> freePorts() {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < SIZE; i++) {
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
