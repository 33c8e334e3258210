package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.broker.Partitions;
import io.girok.log.LogDirectory;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// AlterReplicaLogDirs, versions 1 and 2: moves replicas between the log directories of this broker (KIP-113). The
/// answer says which moves have begun; DescribeLogDirs shows how far they are. Immutable.
final class AlterReplicaLogDirsHandler implements ApiHandler {
    private final Partitions partitions;
    private final List<LogDirectory> directories;

    AlterReplicaLogDirsHandler(Partitions partitions, List<LogDirectory> directories) {
        this.partitions = partitions;
        this.directories = List.copyOf(directories);
    }

    @Override
    public void handle(Request request, Responder responder) {
        AlterReplicaLogDirsRequestData body = (AlterReplicaLogDirsRequestData) request.body();
        // The places of partitions are changed by the first shard alone.
        partitions.shards().getFirst().run(() -> responder.respond(begin(body)));
    }

    private AlterReplicaLogDirsResponseData begin(AlterReplicaLogDirsRequestData body) {
        Map<String, AlterReplicaLogDirTopicResult> results = new TreeMap<>();
        for (AlterReplicaLogDir wanted : body.dirs()) {
            Optional<LogDirectory> target = find(wanted.path());
            for (AlterReplicaLogDirTopic topic : wanted.topics()) {
                AlterReplicaLogDirTopicResult result = results.computeIfAbsent(topic.name(),
                        name -> new AlterReplicaLogDirTopicResult().setTopicName(name));
                for (int index : topic.partitions()) {
                    Errors error = target.map(directory -> begin(topic.name(), index, directory))
                            .orElse(Errors.LOG_DIR_NOT_FOUND);
                    result.partitions()
                            .add(new AlterReplicaLogDirPartitionResult().setPartitionIndex(index)
                                    .setErrorCode(error.code()));
                }
            }
        }
        return new AlterReplicaLogDirsResponseData().setResults(List.copyOf(results.values()));
    }

    private Errors begin(String topic, int index, LogDirectory target) {
        return target.failure().isPresent() ? Errors.KAFKA_STORAGE_ERROR : partitions.move(topic, index, target);
    }

    /// By its path as it was configured, or in full.
    private Optional<LogDirectory> find(String path) {
        return directories.stream().filter(directory -> isSame(directory.path(), path)).findFirst();
    }

    private static boolean isSame(Path path, String given) {
        return path.toString().equals(given) || path.toAbsolutePath().normalize().toString().equals(given);
    }
}
