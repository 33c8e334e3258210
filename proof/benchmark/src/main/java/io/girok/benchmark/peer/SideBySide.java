package io.girok.benchmark.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs the contenders in turns and prints a table of what they came to. In every round each contender gets a new
/// process on an empty directory; the order changes from round to round. Owned by the main thread.
@Command(name = "compare", mixinStandardHelpOptions = true, description = {
    "Girok and Apache Kafka side by side on this machine: start, memory, idling, produce, consume, end-to-end."})
public final class SideBySide implements Callable<Integer> {
    private static final double PERCENT = 100;

    @Parameters(paramLabel = "CONTENDER", description = "Default: girok girok-os kafka kafka-fsync")
    List<String> names = new ArrayList<>(List.of("girok", "girok-os", "kafka", "kafka-fsync"));

    @Option(names = "--rounds", defaultValue = "5", description = "Default: 5")
    int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "How long a workload sends. Default: 10")
    int seconds;

    @Option(names = "--idle", defaultValue = "0",
            description = "Seconds that a broker is left alone, to see what it uses. Default: 0, not measured")
    int idleSeconds;

    @Option(names = "--workload", description = "produce, consume, end-to-end, all, or none. Default: all")
    String workload = "all";

    @Option(names = "--bench", paramLabel = "ARGUMENT",
            description = "One more argument for girok bench; may be repeated.")
    List<String> benchArguments = new ArrayList<>();

    @Option(names = "--repository", description = "Default: here")
    Path root = Path.of("");

    @Option(names = "--directory", description = "For data; emptied after use. Default: target/compare")
    Path directory = Path.of("target", "compare");

    private final Figures figures = new Figures();

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Repository repository = Repository.at(root.toAbsolutePath().normalize());
        List<Contender> contenders = names.stream().map(Contender::of).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                Contender contender = contenders.get((i + round) % contenders.size());
                System.err.printf("round %d of %d: %s%n", round + 1, rounds, contender);
                Path own = BrokerProcess.freshDirectory(directory.toAbsolutePath());
                try {
                    measure(repository, contender, own);
                } finally {
                    BrokerProcess.delete(own);
                }
            }
        }
        figures.print(System.out);
        return 0;
    }

    private void measure(Repository repository, Contender contender, Path own)
            throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, Map.of())) {
            figures.add(contender, "start to first answer, ms", broker.readyMs());
            figures.add(contender, "processor time of the start, s", broker.cpuSeconds());
            figures.add(contender, "resident after the start, MB", broker.residentMb());
            if (0 < idleSeconds) {
                idle(contender, broker);
            }
            if (!workload.equals("none")) {
                bench(repository, contender, broker);
                figures.add(contender, "resident after the load, MB", broker.residentMb());
            }
            figures.add(contender, "clean stop, ms", broker.stopMs());
        }
    }

    private void idle(Contender contender, BrokerProcess broker) throws IOException, InterruptedException {
        // Twice: what a broker does right after its start is not what it does for the rest of its life.
        for (String when : List.of("at first", "then")) {
            double before = broker.cpuSeconds();
            Thread.sleep(Duration.ofSeconds(idleSeconds));
            figures.add(contender, "idle " + when + ", % of a core",
                    (broker.cpuSeconds() - before) / idleSeconds * PERCENT);
        }
    }

    private void bench(Repository repository, Contender contender, BrokerProcess broker)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(repository.root().resolve("girok").toString(), "bench", workload, "--json", "--rounds", "1",
                        "--seconds", Integer.toString(seconds), "--bootstrap", broker.bootstrap(), "--broker-pid",
                        Long.toString(broker.pid())));
        command.addAll(benchArguments);
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        ObjectMapper json = new ObjectMapper();
        List<String> lines = process.inputReader().lines().toList();
        if (process.waitFor() != 0) {
            throw new IOException("girok bench failed against " + contender);
        }
        for (String line : lines) {
            JsonNode told = json.readTree(line);
            String name = told.get("workload").asText();
            told.get("figures")
                    .properties()
                    .forEach(
                            figure -> figures.add(contender, name + " " + figure.getKey(),
                                    figure.getValue().get("median").asDouble()));
        }
    }
}
