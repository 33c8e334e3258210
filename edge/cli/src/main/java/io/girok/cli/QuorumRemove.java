package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok cluster quorum remove`.
@Command(name = "remove", description = "Take a node, alive or lost, out of the voters.")
final class QuorumRemove implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NODE", description = "The node's id.")
    int nodeId;

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            Answers.of(admin.removeRaftVoter(nodeId, Uuid.ZERO_UUID).all());
        }
    }
}
