package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.log.AppendOrigin;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.record.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A start with two log directories that both have the log of a replica.
class TwoCopiesTest {
    private static final List<Path> DIRECTORIES = List.of(Path.of("/data"), Path.of("/other"));

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);

    /// @param isUnopened whether the controller knows that there was no room to open it there
    @ParameterizedTest
    @CsvSource({"0, false", "0, true", "1, false", "1, true"})
    void theOneInTheDirectoryThatTheControllerKnowsIsUsed(int known, boolean isUnopened) throws IOException {
        TestNode first = new TestNode(clock, disk, DIRECTORIES);
        TopicId orders = first.createReplicatedTopic("orders");
        LedPartition led = first.awake(orders, 0);
        led.leader()
                .store()
                .append(new BatchBuilder().append(1, null, ByteBuffer.wrap(new byte[1])).build(),
                        AppendOrigin.CLIENT, TestNode.LEADER_EPOCH);
        var stopped = first.broker.stop();
        first.runAll();
        assertThat(stopped).isCompleted();
        copyLog();

        TopicId directory = first.directories().get(known).directoryId();
        TopicId told = isUnopened ? BrokerImage.unopened(directory) : directory;
        TestNode second = new TestNode(clock, disk, DIRECTORIES,
                List.of(new MetadataRecord.TopicCreated(orders, "orders"),
                        new MetadataRecord.PartitionsAdded(orders, 0,
                                List.of(new PartitionImage(List.of(1, 2), List.of(told, TopicId.ZERO), List.of(1), 1,
                                        TestNode.LEADER_EPOCH, 0)))));

        assertThat(second.awake(orders, 0).directory().path()).isEqualTo(DIRECTORIES.get(known));
        assertThat(disk.list(DIRECTORIES.get(1 - known))).doesNotContain("orders-0")
                .anyMatch(name -> name.startsWith("orders-0.") && name.endsWith("-stray"));
    }

    private void copyLog() throws IOException {
        Path from = DIRECTORIES.getFirst().resolve("orders-0");
        Path to = DIRECTORIES.getLast().resolve("orders-0");
        disk.createDirectories(to);
        for (String name : disk.list(from)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) disk.size(from.resolve(name)));
            try (DiskFile in = disk.open(from.resolve(name), Disk.Access.READ);
                    DiskFile out = disk.open(to.resolve(name), Disk.Access.WRITE)) {
                in.read(bytes, 0);
                out.write(bytes.flip(), 0);
            }
        }
    }
}
