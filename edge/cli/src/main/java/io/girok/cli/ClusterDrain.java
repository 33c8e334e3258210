package io.girok.cli;

import io.girok.balance.Aims;
import io.girok.balance.BalancePlanner;
import io.girok.balance.Layout;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok cluster drain`.
@Command(name = "drain", description = {"Move everything off a broker, so that it can be removed.",
    "Shows what would be moved; --execute does it."})
final class ClusterDrain implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    MoveOptions moves = new MoveOptions();

    @Parameters(paramLabel = "BROKER", description = "The broker's id.")
    int brokerId;

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            if (moves.mode.execute) {
                BalanceExclusion.set(admin, id -> id == brokerId, true);
            }
            moves.run(admin, output, state -> layout(admin, state),
                    layout -> BalancePlanner.plan(layout, Aims.emptying()));
        }
    }

    private Layout layout(Admin admin, ClusterState state) {
        if (state.nodes().stream().noneMatch(node -> node.id() == brokerId)) {
            throw Failure.of("broker " + brokerId + " is not registered; registered are "
                    + ClusterState.ids(state.nodes()));
        }
        return state.layout(Set.of(brokerId), ClusterState.reassignments(admin));
    }
}
