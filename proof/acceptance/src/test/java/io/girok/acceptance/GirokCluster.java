package io.girok.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Brokers and their quorum, each a process with a directory of its own, on free ports of the loopback; three that vote
/// unless another shape is asked for, and others may join them. Not thread-safe.
final class GirokCluster implements AutoCloseable {
    static final Shape THREE = new Shape(0, 3, 0);
    /// So that what is only noticed by its silence is noticed soon.
    static final Map<String, String> IMPATIENT = Map.of("broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500", "replica.lag.time.max.ms", "4000");
    private static final int MAX_SIZE = 5;

    private final Shape shape;
    private final Path directory;
    private final int firstPort;
    private final Map<String, String> settings;
    private final @Nullable ClusterNetwork network;
    private final Map<Integer, Own> own;
    private final Map<Integer, GirokProcess> alive = new HashMap<>();

    /// What one broker has that the others have not.
    ///
    /// @param settings that count more than those of all
    /// @param environment variables of its process
    record Own(Map<String, String> settings, Map<String, String> environment) {
        static final Own NOTHING = new Own(Map.of(), Map.of());
    }

    /// How many nodes there are of each kind; they are numbered in this order, from 1 on.
    ///
    /// @param controllers vote and are no brokers
    /// @param voters are brokers and vote
    /// @param brokers do not vote
    record Shape(int controllers, int voters, int brokers) {
        int size() {
            return controllers + voters + brokers;
        }

        String roles(int id) {
            if (id <= controllers) {
                return "controller";
            }
            // Who joins later may be made a voter.
            return id <= controllers + voters || size() < id ? "broker,controller" : "broker";
        }
    }

    private GirokCluster(Shape shape, Path directory, Map<String, String> settings, @Nullable ClusterNetwork network,
            Map<Integer, Own> own) {
        this.shape = shape;
        this.own = own;
        this.directory = directory;
        this.firstPort = FreePorts.inARow(MAX_SIZE);
        this.settings = settings;
        this.network = network;
    }

    /// Waits until all of them serve.
    static GirokCluster start(Path directory) {
        return start(directory, Map.of());
    }

    /// @param settings beside those that every test wants
    static GirokCluster start(Path directory, Map<String, String> settings) {
        return start(new GirokCluster(THREE, directory, settings, null, Map.of()));
    }

    /// @param network in which each broker has an address of its own
    static GirokCluster start(Path directory, Map<String, String> settings, ClusterNetwork network) {
        return start(new GirokCluster(THREE, directory, settings, network, Map.of()));
    }

    /// @param own by broker
    static GirokCluster start(Path directory, Map<String, String> settings, Map<Integer, Own> own) {
        return start(new GirokCluster(THREE, directory, settings, null, own));
    }

    /// Another cluster than one of three brokers that vote.
    static GirokCluster start(Shape shape, Path directory, Map<String, String> settings) {
        return start(new GirokCluster(shape, directory, settings, null, Map.of()));
    }

    private static GirokCluster start(GirokCluster cluster) {
        try {
            cluster.launchAll();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /// Where a broker listens, unless its own settings say otherwise.
    String address(int id) {
        return (network == null ? "127.0.0.1" : network.address(id)) + ":" + (firstPort + id - 1);
    }

    void launchAll() {
        ids().forEach(id -> launch(id, Map.of()));
        alive.values().forEach(GirokProcess::awaitReady);
    }

    /// Starts a broker again, or one that joins the others, and waits until it serves.
    void restart(int id) {
        restart(id, Map.of());
    }

    /// @param changed settings that count more than all others, this time
    void restart(int id, Map<String, String> changed) {
        launch(id, changed);
        alive.get(id).awaitReady();
    }

    private void launch(int id, Map<String, String> changed) {
        String voters = range(1, shape.controllers() + shape.voters()).stream()
                .map(voter -> voter + "@" + address(voter))
                .collect(Collectors.joining(","));
        Own its = own.getOrDefault(id, Own.NOTHING);
        List<String> arguments = new ArrayList<>(List.of("start"));
        Map<String, String> all = new HashMap<>(
                Map.of("node.id", Integer.toString(id), "listeners",
                        settings.getOrDefault("inter.broker.listener.name", "PLAINTEXT") + "://" + address(id),
                        "log.dirs", directoryOf(id).toString(), "controller.quorum.voters", voters,
                        "default.replication.factor", "3", "min.insync.replicas", "2",
                        "group.initial.rebalance.delay.ms", "0"));
        all.put("process.roles", shape.roles(id));
        all.putAll(settings);
        all.putAll(its.settings());
        all.putAll(changed);
        all.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        alive.put(id, GirokProcess.launch(network == null ? List.of() : network.commandIn(id),
                directoryOf(id), arguments, its.environment()));
    }

    /// Where a broker has its data, or what it has it in.
    private Path directoryOf(int id) {
        return directory.resolve("node-" + id);
    }

    /// The names of the directories that a broker has below that of its data.
    List<String> logsOf(int id) {
        try (Stream<Path> found = Files.list(directoryOf(id))) {
            return found.filter(Files::isDirectory).map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive(int id) {
        return alive.get(id).isAlive();
    }

    /// What a broker has printed on standard error.
    String errorText(int id) {
        return alive.get(id).errorText();
    }

    List<Integer> ids() {
        return range(1, shape.size());
    }

    /// Those that are brokers, whether they vote or not.
    List<Integer> brokerIds() {
        return range(1 + shape.controllers(), shape.size());
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    /// The addresses of the brokers.
    String bootstrap() {
        return brokerIds().stream().map(this::address).collect(Collectors.joining(","));
    }

    void kill(int id) {
        alive.remove(id).kill();
    }

    /// Takes away all that a node that does not run has on its disk.
    void wipe(int id) {
        try (Stream<Path> files = Files.walk(directoryOf(id))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /// At once, as far as that goes.
    void killAll() {
        alive.values().parallelStream().forEach(GirokProcess::kill);
        alive.clear();
    }

    @Override
    public void close() {
        killAll();
    }
}
