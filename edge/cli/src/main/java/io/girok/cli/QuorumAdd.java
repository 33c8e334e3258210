package io.girok.cli;

import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok cluster quorum add`.
@Command(name = "add", description = "Make a running node a voter, once it has caught up.")
final class QuorumAdd implements Runnable {
    /// The name of the listener is asked for by the protocol; a voter is found by host and port alone.
    private static final String LISTENER = "PLAINTEXT";

    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NODE", description = "The node's id.")
    int nodeId;

    @Option(names = "--address", paramLabel = "HOST:PORT",
            description = "Where the other voters reach it. Default: where it is registered as a broker.")
    @Nullable
    String address;

    @Override
    public void run() {
        HostPort given = address == null ? null : HostPort.parse(address);
        try (Admin admin = client.admin()) {
            HostPort known = given == null ? registered(admin) : given;
            // Nobody is asked for its directory's id on a command line: zero stands for the one the node has.
            Answers.of(admin.addRaftVoter(nodeId, Uuid.ZERO_UUID,
                    Set.of(new RaftVoterEndpoint(LISTENER, known.host(), known.port()))).all());
        }
    }

    private HostPort registered(Admin admin) {
        DescribeClusterOptions withFenced = new DescribeClusterOptions().includeFencedBrokers(true);
        return Answers.of(admin.describeCluster(withFenced).nodes())
                .stream()
                .filter(node -> node.id() == nodeId)
                .findFirst()
                .map(node -> new HostPort(node.host(), node.port()))
                .orElseThrow(() -> Failure.of("node " + nodeId
                        + " is not registered as a broker; say where it is with --address HOST:PORT"));
    }
}
