package io.girok.simulation;

import java.util.ArrayList;
import java.util.List;

/// Plays many seeds: `Simulate FIRST COUNT [DURATION_MS]`. Says which ones break a promise, and ends in 1 then.
public final class Simulate {
    private static final long DEFAULT_DURATION_MS = 30_000;
    private static final int SEEDS_PER_LINE = 100;

    private Simulate() {}

    /// @param arguments the first seed, how many, and how many virtual milliseconds of bad luck each
    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        long durationMs = 2 < arguments.length ? Long.parseLong(arguments[2]) : DEFAULT_DURATION_MS;
        List<Long> failed = new ArrayList<>();
        long batches = 0;
        long commits = 0;
        long fromFollowers = 0;
        long faults = 0;
        for (long seed = first; seed < first + count; seed++) {
            Simulation.Report report;
            try {
                report = new Simulation(seed).run(durationMs);
            } catch (RuntimeException | AssertionError e) {
                failed.add(seed);
                System.out.println("seed " + seed + " breaks the simulation:");
                e.printStackTrace(System.out);
                continue;
            }
            batches += report.acknowledgedBatches();
            commits += report.commits();
            fromFollowers += report.recordsFromFollowers();
            faults += report.faults();
            if (!report.violations().isEmpty()) {
                failed.add(seed);
                System.out.println("seed " + seed + " breaks a promise (trace " + report.trace() + "):");
                report.violations().forEach(violation -> System.out.println("  " + violation));
            } else if (count <= SEEDS_PER_LINE) {
                System.out.println("seed " + seed + ": " + report);
            }
            if ((seed - first + 1) % SEEDS_PER_LINE == 0) {
                System.out.println((seed - first + 1) + " seeds, " + failed.size() + " failed");
            }
        }
        System.out.println(count + " seeds from " + first + ", each with " + durationMs + " ms of bad luck: " + faults
                + " faults, " + batches + " batches acknowledged, " + commits + " offsets committed, "
                + fromFollowers + " records read from followers; failed: " + failed);
        System.exit(failed.isEmpty() ? 0 : 1);
    }
}
