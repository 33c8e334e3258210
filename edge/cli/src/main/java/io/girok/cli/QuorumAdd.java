package io.girok.cli;

import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
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
            description = "Where the other voters reach it. Default: where nodes reach it as a broker.")
    @Nullable
    String address;

    @Override
    public void run() {
        HostPort given = address == null ? null : HostPort.parse(address);
        try (Admin admin = client.admin()) {
            // Where nodes reach each other, clients are not told: without an address, the server looks it up.
            Set<RaftVoterEndpoint> endpoints = given == null
                    ? Set.of()
                    : Set.of(new RaftVoterEndpoint(LISTENER, given.host(), given.port()));
            // Nobody is asked for its directory's id on a command line: zero stands for the one the node has.
            Answers.of(admin.addRaftVoter(nodeId, Uuid.ZERO_UUID, endpoints).all());
        }
    }
}
