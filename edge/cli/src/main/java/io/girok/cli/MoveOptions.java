package io.girok.cli;

import io.girok.balance.BalancePlan;
import io.girok.balance.BalancePlan.BrokerLoad;
import io.girok.balance.Layout;
import io.girok.balance.Move;
import io.girok.balance.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// What commands that plan moves take, and how they show and carry out a plan. Owned by its command.
final class MoveOptions {
    @ArgGroup
    Mode mode = new Mode();

    @Option(names = "--throttle", paramLabel = "BYTES", defaultValue = "52428800",
            description = "What moves may copy in a second, at each broker; 0 for no limit. "
                    + "Default: ${DEFAULT-VALUE}")
    long throttleBytesPerSecond;

    @Option(names = "--at-once", paramLabel = "N", defaultValue = "10",
            description = "How many partitions move at the same time. Default: ${DEFAULT-VALUE}")
    int atOnce;

    @Option(names = "--json", description = "Print the plan as a JSON object.")
    boolean json;

    /// One of them, or none.
    static final class Mode {
        @Option(names = "--execute", description = "Do it, and wait until it is done.")
        boolean execute;

        @Option(names = "--dry-run", description = "Only show what would be done, as without --execute.")
        boolean dryRun;
    }

    /// Shows the plan, and with `--execute` carries it out.
    void run(Admin admin, Output output, Function<ClusterState, Layout> layout,
            Function<Layout, BalancePlan> planner) {
        if (atOnce < 1 || throttleBytesPerSecond < 0) {
            throw Failure.usage("--at-once is at least 1, --throttle at least 0");
        }
        BalancePlan plan = planner.apply(layout.apply(ClusterState.ask(admin)));
        if (json) {
            output.line(Json.of(toJson(plan)));
        } else {
            lines(plan).forEach(output::line);
        }
        output.flush();
        if (mode.execute && !plan.moves().isEmpty()) {
            new MoveExecution(admin, Terminal.standardError()).run(plan.moves(), atOnce, throttleBytesPerSecond);
        } else if (!mode.execute && !json && !plan.moves().isEmpty()) {
            System.err.println("nothing was changed: this shows what --execute would do");
        }
        if (!plan.stuck().isEmpty()) {
            throw Failure.of(plan.stuck().size() + " partitions have no other broker to go to, the first of them '"
                    + plan.stuck().getFirst() + "'");
        }
    }

    static List<String> lines(BalancePlan plan) {
        List<String> lines = new ArrayList<>();
        if (plan.moves().isEmpty()) {
            lines.add("nothing to move");
        } else {
            Table moves = Table.of("PARTITION", "FROM", "TO", "MIB", "WHY");
            plan.moves()
                    .forEach(move -> moves.row(move.partition(), ids(move.from()), ids(move.to()),
                            Sizes.mib(move.bytesToCopy()), why(move)));
            lines.addAll(moves.lines());
            lines.add(plan.moves().size() + (plan.moves().size() == 1 ? " partition changes, " : " partitions change, ")
                    + Sizes.mib(plan.bytesToCopy())
                    + " MiB are to be copied");
        }
        Map<Integer, BrokerLoad> before = new HashMap<>();
        plan.before().forEach(load -> before.put(load.broker(), load));
        Table loads = Table.of("BROKER", "REPLICAS", "THEN", "LEADERS", "THEN", "MIB", "THEN");
        for (BrokerLoad then : plan.after()) {
            BrokerLoad now = before.getOrDefault(then.broker(), then);
            loads.row(then.broker(), now.replicas(), then.replicas(), now.leaders(), then.leaders(),
                    Sizes.mib(now.bytes()), Sizes.mib(then.bytes()));
        }
        lines.addAll(loads.lines());
        return lines;
    }

    private static String ids(List<Integer> brokers) {
        return String.join(",", brokers.stream().map(String::valueOf).toList());
    }

    private static String why(Move move) {
        return String.join("; ", move.reasons().stream().map(Reason::text).toList());
    }

    private Object toJson(BalancePlan plan) {
        List<Object> moves = plan.moves()
                .stream()
                .<Object>map(move -> Json.object("topic", move.partition().topic(), "partition",
                        move.partition().index(), "from", move.from(), "to", move.to(), "bytes", move.bytesToCopy(),
                        "why", move.reasons().stream().map(Reason::text).toList()))
                .toList();
        return Json.object("executed", mode.execute, "moves", moves, "bytes", plan.bytesToCopy(), "before",
                toJson(plan.before()), "after", toJson(plan.after()), "stuck",
                plan.stuck().stream().map(Object::toString).toList());
    }

    private static List<Object> toJson(List<BrokerLoad> loads) {
        return loads.stream()
                .<Object>map(load -> Json.object("broker", load.broker(), "replicas", load.replicas(), "leaders",
                        load.leaders(), "bytes", load.bytes()))
                .toList();
    }
}
