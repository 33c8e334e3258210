package io.girok.cli;

import io.girok.balance.Aims;
import io.girok.balance.BalancePlanner;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok cluster balance`.
@Command(name = "balance", description = {"Even out replicas, bytes and leaders over the brokers.",
    "Shows what would be moved, and why; --execute does it. Brokers that are down keep what they have."})
final class ClusterBalance implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    MoveOptions moves = new MoveOptions();

    @Option(names = "--threshold", paramLabel = "PERCENT", defaultValue = "10",
            description = "Loads that differ by no more than this share of the average count as even. "
                    + "Default: ${DEFAULT-VALUE}")
    int thresholdPercent;

    @Override
    public void run() {
        if (thresholdPercent < 0) {
            throw Failure.usage("--threshold is at least 0");
        }
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            if (moves.mode.execute) {
                BalanceExclusion.set(admin, id -> true, false);
            }
            moves.run(admin, output,
                    state -> state.layout(Set.of(), ClusterState.reassignments(admin)),
                    layout -> BalancePlanner.plan(layout, Aims.all(thresholdPercent)));
        }
    }
}
