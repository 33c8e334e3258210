package io.girok.broker.data;

import io.girok.base.PartitionName;
import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.ReplicaMove;
import io.girok.broker.SpanningRequest;
import io.girok.files.StorageFailed;
import io.girok.log.LogDirectory;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;

/// DescribeLogDirs, versions 1 to 5: which partitions lie where, and how large they are. Immutable.
final class DescribeLogDirsHandler implements ApiHandler {
    private static final long UNKNOWN_BYTES = -1;

    private final Partitions partitions;
    private final List<LogDirectory> directories;
    private final Executor blockingPool;

    /// What is found on a shard, and read after the last shard is done.
    private static final class Item {
        private final LedPartition partition;
        private long sizeInBytes = UNKNOWN_BYTES;
        private boolean isAsleep;

        Item(LedPartition partition) {
            this.partition = partition;
        }
    }

    DescribeLogDirsHandler(Partitions partitions, List<LogDirectory> directories, Executor blockingPool) {
        this.partitions = partitions;
        this.directories = List.copyOf(directories);
        this.blockingPool = blockingPool;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeLogDirsRequestData body = (DescribeLogDirsRequestData) request.body();
        List<Item> items = new ArrayList<>();
        partitions.forEachReplica(replica -> {
            if (isWanted(body, replica.name())) {
                items.add(new Item(replica));
            }
        });
        SpanningRequest.run(items, item -> item.partition.shard(), DescribeLogDirsHandler::measure,
                // Asking the file system for sizes may block.
                () -> blockingPool.execute(() -> {
                    items.forEach(DescribeLogDirsHandler::measureAsleep);
                    responder.respond(answer(body, items));
                }));
    }

    private static void measureAsleep(Item item) {
        if (item.isAsleep) {
            try {
                item.sizeInBytes = item.partition.directory().sizeOnDisk(item.partition.name());
            } catch (StorageFailed failure) {
                // Its directory says so.
                item.sizeInBytes = UNKNOWN_BYTES;
            }
        }
    }

    private static boolean isWanted(DescribeLogDirsRequestData body, PartitionName name) {
        if (body.topics() == null) {
            return true;
        }
        DescribableLogDirTopic topic = body.topics().find(name.topic());
        return topic != null && topic.partitions().contains(name.index());
    }

    private static void measure(List<Item> items) {
        for (Item item : items) {
            if (!item.partition.isAwake()) {
                item.isAsleep = true;
                continue;
            }
            try {
                item.sizeInBytes = item.partition.leader().store().sizeInBytes();
            } catch (StorageFailed failure) {
                // Its directory says so.
                item.sizeInBytes = UNKNOWN_BYTES;
            }
        }
    }

    private DescribeLogDirsResponseData answer(DescribeLogDirsRequestData body, List<Item> items) {
        List<DescribeLogDirsResult> results = new ArrayList<>(directories.size());
        for (LogDirectory directory : directories) {
            results.add(answer(body, directory, items));
        }
        return new DescribeLogDirsResponseData().setResults(results);
    }

    private DescribeLogDirsResult answer(DescribeLogDirsRequestData body, LogDirectory directory,
            List<Item> items) {
        DescribeLogDirsResult result = new DescribeLogDirsResult().setLogDir(directory.path().toString());
        if (directory.failure().isPresent()) {
            return result.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
        Map<String, DescribeLogDirsTopic> topics = new TreeMap<>();
        for (Item item : items) {
            if (item.partition.directory().equals(directory) && item.sizeInBytes != UNKNOWN_BYTES) {
                topics.computeIfAbsent(item.partition.name().topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition().setPartitionIndex(item.partition.name().index())
                                .setPartitionSize(item.sizeInBytes));
            }
        }
        for (ReplicaMove move : partitions.moves()) {
            if (move.to().equals(directory) && isWanted(body, move.name())) {
                topics.computeIfAbsent(move.name().topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition().setPartitionIndex(move.name().index())
                                .setPartitionSize(move.sizeInBytes())
                                .setIsFutureKey(true));
            }
        }
        try {
            return result.setTopics(List.copyOf(topics.values()))
                    .setTotalBytes(directory.totalBytes())
                    .setUsableBytes(directory.usableBytes());
        } catch (StorageFailed failure) {
            return new DescribeLogDirsResult().setLogDir(result.logDir())
                    .setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
    }
}
