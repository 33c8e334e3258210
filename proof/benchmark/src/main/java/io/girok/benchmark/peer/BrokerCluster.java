package io.girok.benchmark.peer;

import io.girok.quorum.zookeeper.ZookeeperEnsemble;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Three brokers on loopback that vote as well, unless ZooKeeper has their metadata, with replication factor 3 and
/// `min.insync.replicas` 2. Owned by one thread.
final class BrokerCluster implements AutoCloseable {
    static final int SIZE = 3;

    private final List<List<String>> commands = new ArrayList<>();
    private final List<BrokerProcess> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Path directory;
    private final @Nullable ZookeeperEnsemble ensemble;

    /// Prepares everything; no broker runs yet.
    BrokerCluster(Repository repository, Contender contender, Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        List<Integer> controllerPorts = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            ports.add(BrokerProcess.freePort());
            controllerPorts.add(BrokerProcess.freePort());
        }
        ensemble = contender.beside() == Contender.Beside.ENSEMBLE
                ? ZookeeperEnsemble.start(directory, SIZE, List.of())
                : null;
        Map<String, String> metadata = ensemble == null
                ? Map.of("controller.quorum.voters", voters(ports))
                : Map.of("zookeeper.connect", ensemble.connect());
        try {
            for (int id = 1; id <= SIZE; id++) {
                commands.add(command(repository, contender, id, metadata, controllerPorts));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private List<String> command(Repository repository, Contender contender, int id, Map<String, String> metadata,
            List<Integer> controllerPorts) throws IOException, InterruptedException {
        return switch (contender.program()) {
            case GIROK -> BrokerProcess.girokCommand(repository, Stream.of(
                    Map.of("log.dirs", own(id).resolve("data").toString(),
                            "listeners", "PLAINTEXT://127.0.0.1:" + ports.get(id - 1)),
                    metadata, replicated(id), contender.settings()));
            case KAFKA -> BrokerProcess.kafkaCommand(repository, own(id), Stream.of(
                    Map.of("process.roles", "broker,controller",
                            "controller.quorum.voters", voters(controllerPorts),
                            "listeners", "PLAINTEXT://127.0.0.1:" + ports.get(id - 1)
                                    + ",CONTROLLER://127.0.0.1:" + controllerPorts.get(id - 1),
                            "controller.listener.names", "CONTROLLER"),
                    replicated(id), contender.settings()));
        };
    }

    private static String voters(List<Integer> ports) {
        return IntStream.rangeClosed(1, SIZE)
                .mapToObj(id -> id + "@127.0.0.1:" + ports.get(id - 1))
                .collect(Collectors.joining(","));
    }

    private static Map<String, String> replicated(int id) {
        return Map.of("node.id", Integer.toString(id), "default.replication.factor", "3", "min.insync.replicas", "2",
                "offsets.topic.replication.factor", "3");
    }

    private Path own(int id) {
        return directory.resolve("node-" + id);
    }

    /// Starts all and waits for nothing.
    void launch() throws IOException {
        for (int id = 1; id <= SIZE; id++) {
            processes.add(BrokerProcess.launch(commands.get(id - 1), own(id), ports.get(id - 1)));
        }
    }

    /// Starts one that has ended, and waits for its first answer.
    void restart(int id) throws IOException {
        BrokerProcess process = BrokerProcess.launch(commands.get(id - 1), own(id), ports.get(id - 1));
        processes.set(id - 1, process);
        process.awaitAnswer();
    }

    /// `kill -9`.
    void kill(int id) {
        processes.get(id - 1).kill();
    }

    /// SIGTERM; answers how long the end took.
    double stop(int id) {
        return processes.get(id - 1).stopMs();
    }

    double cpuSeconds() throws IOException {
        double sum = 0;
        for (BrokerProcess process : processes) {
            sum += process.cpuSeconds();
        }
        return sum;
    }

    double residentMb() throws IOException {
        double sum = 0;
        for (BrokerProcess process : processes) {
            sum += process.residentMb();
        }
        return sum;
    }

    String bootstrap() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        // Nobody needs a clean end, and one that waits for others that have ended takes its time.
        processes.forEach(BrokerProcess::kill);
        if (ensemble != null) {
            ensemble.close();
        }
    }
}
