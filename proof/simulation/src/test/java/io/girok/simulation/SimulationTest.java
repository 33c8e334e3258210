package io.girok.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What CI plays; `proof/simulation/run` plays any number. `-Dseed=N` begins with another seed, `-Dseeds=N` plays so
/// many.
class SimulationTest {
    private static final long FIRST = Long.getLong("seed", 1);
    private static final long COUNT = Long.getLong("seeds", 150);
    private static final long MANY = 20;
    private static final long DURATION_MS = 30_000;

    @Test
    void noPromiseIsBroken() {
        long faults = 0;
        long batches = 0;
        long commits = 0;
        long fromFollowers = 0;
        for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
            Simulation.Report report = new Simulation(seed).run(DURATION_MS);

            assertThat(report.violations()).as("seed " + seed + " (-Dseed=" + seed + " -Dseeds=1)").isEmpty();
            faults += report.faults();
            batches += report.acknowledgedBatches();
            commits += report.commits();
            fromFollowers += report.recordsFromFollowers();
        }
        // Promises that nobody was given would not be broken either. A few seeds alone may have little of one kind.
        if (MANY <= COUNT) {
            assertThat(faults).isGreaterThan(10 * COUNT);
            assertThat(batches).isGreaterThan(500 * COUNT);
            assertThat(commits).isGreaterThan(50 * COUNT);
            assertThat(fromFollowers).as("in every second seed").isGreaterThan(100 * COUNT);
        }
    }

    @Test
    void aSeedPlaysOutInTheSameWayEachTime() {
        for (long seed = 1000; seed < 1005; seed++) {
            assertThat(new Simulation(seed).run(DURATION_MS)).isEqualTo(new Simulation(seed).run(DURATION_MS));
        }
    }
}
