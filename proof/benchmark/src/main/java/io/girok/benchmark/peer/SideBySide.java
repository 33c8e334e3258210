package io.girok.benchmark.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Runs the contenders in turns and prints a table of what they came to. In every round each contender gets a new
/// process on an empty directory. Owned by the main thread.
@Command(name = "compare", mixinStandardHelpOptions = true, description = {
    "Girok and Apache Kafka side by side on this machine: start, memory, idling, produce, consume, end-to-end."})
public final class SideBySide implements Callable<Integer> {
    private static final double PERCENT = 100;

    @Mixin
    Rounds rounds = new Rounds();

    @Option(names = "--seconds", defaultValue = "10", description = "How long a workload sends. Default: 10")
    int seconds;

    @Option(names = "--idle", defaultValue = "0",
            description = "Seconds that a broker is left alone, to see what it uses. Default: 0, not measured")
    int idleSeconds;

    @Option(names = "--workload", description = "produce, consume, end-to-end, all, or none. Default: all")
    String workload = "all";

    @Option(names = "--tls", description = "The load comes over TLS 1.3.")
    boolean isTls;

    @Option(names = "--bench", paramLabel = "ARGUMENT",
            description = "One more argument for girok bench; may be repeated.")
    List<String> benchArguments = new ArrayList<>();

    private @Nullable TlsFiles tls;

    /// @param arguments see `--help`
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        return rounds.run(
                List.of(Contender.GIROK, Contender.GIROK_OS, Contender.KAFKA, Contender.KAFKA_FSYNC), this::measure);
    }

    private void measure(Repository repository, Contender contender, Path own)
            throws IOException, InterruptedException, ExecutionException {
        if (isTls && tls == null) {
            tls = TlsFiles.make(repository, Files.createTempDirectory("girok-tls"));
        }
        try (BrokerProcess broker = BrokerProcess.start(repository, contender, own, Map.of(), tls)) {
            rounds.figures().add(contender, "start to first answer, ms", broker.readyMs());
            rounds.figures().add(contender, "processor time of the start, s", broker.cpuSeconds());
            rounds.figures().add(contender, "resident after the start, MB", broker.residentMb());
            if (0 < idleSeconds) {
                idle(contender, broker);
            }
            if (!workload.equals("none")) {
                benchBeside(repository, contender, broker);
                rounds.figures().add(contender, "resident after the load, MB", broker.residentMb());
            }
            rounds.figures().add(contender, "clean stop, ms", broker.stopMs());
        }
    }

    private void idle(Contender contender, BrokerProcess broker) throws IOException, InterruptedException {
        // Twice: what a broker does right after its start is not what it does for the rest of its life.
        for (String when : List.of("at first", "then")) {
            double before = broker.cpuSeconds();
            Thread.sleep(Duration.ofSeconds(idleSeconds));
            rounds.figures()
                    .add(contender, "idle " + when + ", % of a core",
                            (broker.cpuSeconds() - before) / idleSeconds * PERCENT);
        }
    }

    private void benchBeside(Repository repository, Contender contender, BrokerProcess broker)
            throws IOException, InterruptedException, ExecutionException {
        switch (contender.beside()) {
            case NOTHING -> bench(repository, contender, broker);
            case ACLS -> {
                ThousandAcls.create(Map.of("bootstrap.servers", broker.plainBootstrap()));
                bench(repository, contender, broker);
            }
            case CROWD -> {
                try (Crowd _ = new Crowd(broker.port())) {
                    bench(repository, contender, broker);
                }
            }
            case ENSEMBLE -> throw new IllegalArgumentException(
                    "contender '" + contender + "' is one of 'cluster'; here a broker is alone");
        }
    }

    private void bench(Repository repository, Contender contender, BrokerProcess broker)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(repository.root().resolve("girok").toString(), "bench", workload, "--json", "--rounds", "1",
                        "--seconds", Integer.toString(seconds), "--bootstrap", broker.bootstrap(), "--broker-pid",
                        Long.toString(broker.pid())));
        if (tls != null) {
            command.addAll(List.of("--config", tls.client().toString()));
        }
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
                            figure -> rounds.figures()
                                    .add(contender, name + " " + figure.getKey(),
                                            figure.getValue().get("median").asDouble()));
        }
    }
}
