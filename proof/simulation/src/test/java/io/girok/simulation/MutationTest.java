package io.girok.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The simulator finds mistakes: each planted one within a bounded number of seeds.
@Tag("mutations")
class MutationTest {
    private static final int FIRST_SEED = Integer.getInteger("seed", 1);
    private static final int MAX_SEEDS = 60;
    private static final int MAX_SEEDS_OF_RARE = 5_000;
    private static final long DURATION_MS = 30_000;
    private static final Path REPOSITORY = Path.of("../..");

    @TempDir
    private Path classes;

    @ParameterizedTest
    @MethodSource("io.girok.simulation.Mutation#all")
    void isFound(Mutation mutation) throws Exception {
        assertThat(seedThatFinds(mutation, MAX_SEEDS)).isPositive();
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "mutations", matches = "rare")
    @MethodSource("io.girok.simulation.Mutation#rare")
    void isFoundInTheEnd(Mutation mutation) throws Exception {
        assertThat(seedThatFinds(mutation, MAX_SEEDS_OF_RARE)).isPositive();
    }

    /// -1 when nothing is seen.
    private int seedThatFinds(Mutation mutation, int maxSeeds) throws Exception {
        try (URLClassLoader loader = (URLClassLoader) mutation.plant(REPOSITORY, classes)) {
            Class<?> simulation = loader.loadClass("io.girok.simulation.Simulation");
            Method run = simulation.getMethod("run", long.class);
            for (int seed = FIRST_SEED; seed < FIRST_SEED + maxSeeds; seed++) {
                Object report = run.invoke(simulation.getConstructor(long.class).newInstance(seed), DURATION_MS);
                List<?> violations = (List<?>) report.getClass().getMethod("violations").invoke(report);
                if (!violations.isEmpty()) {
                    System.out.println(mutation + ": seed " + seed + ": " + violations.getFirst());
                    return seed;
                }
            }
        }
        return -1;
    }
}
