package io.girok.simulation;

import io.girok.base.PartitionName;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/// Moves replicas from one log directory of their node to another, or calls a move off by asking for the place where
/// the log is. Owned by the world's thread.
final class DirectoryClient implements Client {
    private static final short VERSION = 2;
    private static final int MAX_REST_MS = 2_000;

    private final ClientLink link;
    private final List<PartitionName> partitions;
    private final List<Path> directories;
    private final PowerLoss powerLoss;
    private boolean isFinishing;

    DirectoryClient(ClientLink link, List<PartitionName> partitions, List<Path> directories,
            PowerLoss powerLoss) {
        this.link = link;
        this.partitions = List.copyOf(partitions);
        this.directories = List.copyOf(directories);
        this.powerLoss = powerLoss;
    }

    @Override
    public void start() {
        link.now(this::next);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return isFinishing;
    }

    private void next() {
        if (isFinishing) {
            return;
        }
        if (!powerLoss.mayMove()) {
            rest();
            return;
        }
        PartitionName partition = partitions.get(link.world().random().nextInt(partitions.size()));
        Path directory = directories.get(link.world().random().nextInt(directories.size()));
        powerLoss.moveAsked();
        var _ = link.ask(link.anyBroker(), ApiKeys.ALTER_REPLICA_LOG_DIRS, VERSION, move(partition, directory))
                .handle((body, failure) -> {
                    if (failure == null) {
                        powerLoss.moveAnswered();
                    }
                    rest();
                    return true;
                });
    }

    private void rest() {
        link.later(20, MAX_REST_MS, this::next);
    }

    private static AlterReplicaLogDirsRequestData move(PartitionName partition, Path to) {
        AlterReplicaLogDirTopicCollection topics = new AlterReplicaLogDirTopicCollection(
                List.of(new AlterReplicaLogDirTopic().setName(partition.topic())
                        .setPartitions(List.of(partition.index()))).iterator());
        return new AlterReplicaLogDirsRequestData().setDirs(new AlterReplicaLogDirCollection(
                List.of(new AlterReplicaLogDir().setPath(to.toString()).setTopics(topics)).iterator()));
    }
}
