package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.LedPartition;
import io.girok.broker.PartitionListener;
import io.girok.broker.TestNode;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;

/// A node with two log directories on one disk, and what tests of moves between them ask of it.
abstract class TwoLogDirectories {
    static final Path FIRST = Path.of("/data");
    static final Path SECOND = Path.of("/other");
    static final TopicId ORDERS = new TopicId(4, 4);

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    TestNode node = new TestNode(clock, disk, List.of(FIRST, SECOND));

    /// Another node, whose disk has nothing yet; answers that.
    MemoryDisk startAnew() {
        ManualClock ownClock = new ManualClock();
        node = new TestNode(ownClock, new MemoryDisk(ownClock), List.of(FIRST, SECOND));
        return node.disk;
    }

    void limit(long bytesPerSecond) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID),
                "replica.alter.log.dirs.io.max.bytes.per.second", Long.toString(bytesPerSecond)));
    }

    void keepFree(long bytes) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID), "log.dir.min.free.bytes",
                Long.toString(bytes)));
    }

    void leave(long bytes) {
        // What is set aside for a start is there before.
        node.runAll();
        disk.setCapacity(disk.usedBytes() + bytes);
        // A look at the disk is old by then.
        node.advance(1_000);
    }

    List<String> listen() {
        List<String> told = new ArrayList<>();
        node.broker.partitions().addListener(new PartitionListener() {
            @Override
            public void onLed(LedPartition partition) {
                told.add("led");
            }

            @Override
            public void onLeft(LedPartition partition) {
                told.add("left");
            }
        });
        return told;
    }

    void send(String value) {
        Errors error = Errors.NOT_LEADER_OR_FOLLOWER;
        for (int i = 0; error == Errors.NOT_LEADER_OR_FOLLOWER && i < 10; i++) {
            ProduceResponseData response = node
                    .send(produce("orders", ORDERS, 0, Messages.ALL, batch(value)), 13)
                    .as(ProduceResponseData.class);
            error = Errors.forCode(only(response).errorCode());
        }
        assertThat(error).isEqualTo(Errors.NONE);
    }

    List<String> readAll() {
        node.runAll();
        return values(only(node.send(fetch("orders", ORDERS, 0, 0), 18).as(FetchResponseData.class)));
    }

    List<DescribeLogDirsPartition> describe() {
        return node.send(new DescribeLogDirsRequestData().setTopics(null), 5)
                .as(DescribeLogDirsResponseData.class)
                .results()
                .stream()
                .flatMap(result -> result.topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    Errors alter(String path, int version) {
        return alter(request(path), version);
    }

    Errors alter(AlterReplicaLogDirsRequestData request, int version) {
        return Errors.forCode(node.send(request, version)
                .as(AlterReplicaLogDirsResponseData.class)
                .results()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    static AlterReplicaLogDirsRequestData request(String path) {
        return request(path, "orders", 0);
    }

    static AlterReplicaLogDirsRequestData request(String path, String topic, Integer... partitions) {
        AlterReplicaLogDirTopicCollection topics = new AlterReplicaLogDirTopicCollection();
        topics.add(new AlterReplicaLogDirTopic().setName(topic).setPartitions(List.of(partitions)));
        AlterReplicaLogDirCollection dirs = new AlterReplicaLogDirCollection();
        dirs.add(new AlterReplicaLogDir().setPath(path).setTopics(topics));
        return new AlterReplicaLogDirsRequestData().setDirs(dirs);
    }
}
