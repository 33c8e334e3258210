package io.girok.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok cluster quorum status`.
@Command(name = "status", description = "Show who leads and who votes, and how far each node has the metadata.")
final class QuorumStatus implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    /// A node and what is known of it; null where nothing is.
    private record Row(int id, String role, @Nullable String address, @Nullable Long end, @Nullable Long lag,
            @Nullable Long heardMs) {}

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            QuorumInfo quorum = Answers.of(admin.describeMetadataQuorum().quorumInfo());
            List<Row> rows = rows(quorum);
            if (json) {
                output.line(Json.of(Json.object("leader", quorum.leaderId(), "epoch", quorum.leaderEpoch(),
                        "committed", quorum.highWatermark(), "nodes",
                        rows.stream().map(QuorumStatus::toJson).toList())));
            } else {
                print(quorum, rows, output);
            }
        }
    }

    private static List<Row> rows(QuorumInfo quorum) {
        List<Row> rows = new ArrayList<>();
        long end = quorum.voters()
                .stream()
                .filter(voter -> voter.replicaId() == quorum.leaderId())
                .mapToLong(ReplicaState::logEndOffset)
                .findFirst()
                .orElse(-1);
        quorum.voters()
                .stream()
                .sorted(Comparator.comparingInt(ReplicaState::replicaId))
                .forEach(voter -> rows.add(row(quorum, voter,
                        voter.replicaId() == quorum.leaderId() ? "leader" : "voter", end)));
        quorum.observers()
                .stream()
                .sorted(Comparator.comparingInt(ReplicaState::replicaId))
                .forEach(observer -> rows.add(row(quorum, observer, "observer", end)));
        return rows;
    }

    private static Row row(QuorumInfo quorum, ReplicaState replica, String role, long leaderEnd) {
        boolean isKnown = 0 <= replica.logEndOffset();
        Map<Integer, QuorumInfo.Node> nodes = quorum.nodes();
        QuorumInfo.Node node = nodes.get(replica.replicaId());
        return new Row(replica.replicaId(), role,
                node == null || node.endpoints().isEmpty() ? null : address(node.endpoints().getFirst()),
                isKnown ? replica.logEndOffset() : null,
                isKnown && 0 <= leaderEnd ? Math.max(0, leaderEnd - replica.logEndOffset()) : null,
                heardMs(replica.lastFetchTimestamp()));
    }

    private static String address(RaftVoterEndpoint endpoint) {
        return endpoint.host() + ":" + endpoint.port();
    }

    private static @Nullable Long heardMs(OptionalLong timestamp) {
        return timestamp.isPresent() && 0 <= timestamp.getAsLong()
                ? Math.max(0, System.currentTimeMillis() - timestamp.getAsLong())
                : null;
    }

    private static Map<String, @Nullable Object> toJson(Row row) {
        return Json.object("node", row.id, "role", row.role, "address", row.address, "endOffset", row.end, "lag",
                row.lag, "heardMs", row.heardMs);
    }

    private static void print(QuorumInfo quorum, List<Row> rows, Output output) {
        output.line("leader " + quorum.leaderId() + " in epoch " + quorum.leaderEpoch() + ", committed up to offset "
                + quorum.highWatermark());
        Table table = Table.of("NODE", "ROLE", "ADDRESS", "END", "LAG", "HEARD MS AGO");
        rows.forEach(row -> table.row(row.id, row.role, known(row.address), known(row.end), known(row.lag),
                known(row.heardMs)));
        table.print(output);
    }

    private static Object known(@Nullable Object value) {
        return value == null ? "-" : value;
    }
}
