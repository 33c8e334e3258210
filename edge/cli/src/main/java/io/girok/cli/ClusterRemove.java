package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok cluster remove`.
@Command(name = "remove", description = "Forget a broker that has been stopped and will not come back.")
final class ClusterRemove implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "BROKER", description = "The broker's id.")
    int brokerId;

    @Option(names = "--force", description = "Even if partitions have copies there.")
    boolean force;

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            ClusterState state = ClusterState.ask(admin);
            check(state);
            Answers.of(admin.unregisterBroker(brokerId).all());
        }
    }

    private void check(ClusterState state) {
        Node node = state.nodes()
                .stream()
                .filter(registered -> registered.id() == brokerId)
                .findFirst()
                .orElseThrow(() -> Failure.of("broker " + brokerId + " is not registered; registered are "
                        + ClusterState.ids(state.nodes())));
        if (!node.isFenced()) {
            throw Failure.of("broker " + brokerId + " is running; stop it first");
        }
        long replicas = state.topics()
                .values()
                .stream()
                .map(TopicDescription::partitions)
                .flatMap(partitions -> partitions.stream().map(TopicPartitionInfo::replicas))
                .filter(nodes -> ClusterState.ids(nodes).contains(brokerId))
                .count();
        if (0 < replicas && !force) {
            throw Failure.of(replicas + " partitions have a copy on broker " + brokerId
                    + "; 'girok cluster drain " + brokerId + " --execute' moves them, --force removes it anyway");
        }
    }
}
