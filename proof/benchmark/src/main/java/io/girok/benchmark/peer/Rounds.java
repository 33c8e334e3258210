package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What all comparisons share: who is compared, how often, and where. Each round of each contender has an empty
/// directory of its own. Owned by the main thread.
final class Rounds {
    @Parameters(paramLabel = "CONTENDER", description = "girok, girok-os, kafka, kafka-fsync; to compare: "
            + "girok-os-acls, girok-os-jdk-tls, girok-os-crowded, kafka-crowded. Default: those that make sense")
    List<String> names = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "3", description = "Default: 3")
    int rounds;

    @Option(names = "--repository", description = "Default: here")
    Path root = Path.of("");

    @Option(names = "--directory", description = "For data; emptied after use. Default: target/compare")
    Path directory = Path.of("target", "compare");

    private final Figures figures = new Figures();

    /// One round of one contender.
    interface Measurement {
        void measure(Repository repository, Contender contender, Path own)
                throws IOException, InterruptedException, ExecutionException;
    }

    Figures figures() {
        return figures;
    }

    /// Runs the contenders in turns, another one first each time, and prints the table.
    int run(List<Contender> defaults, Measurement measurement)
            throws IOException, InterruptedException, ExecutionException {
        Repository repository = Repository.at(root.toAbsolutePath().normalize());
        List<Contender> contenders = names.isEmpty() ? defaults : names.stream().map(Contender::of).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                Contender contender = contenders.get((i + round) % contenders.size());
                System.err.printf("round %d of %d: %s%n", round + 1, rounds, contender);
                Path own = BrokerProcess.freshDirectory(directory.toAbsolutePath());
                try {
                    measurement.measure(repository, contender, own);
                } finally {
                    BrokerProcess.delete(own);
                }
            }
        }
        figures.print(System.out);
        return 0;
    }
}
