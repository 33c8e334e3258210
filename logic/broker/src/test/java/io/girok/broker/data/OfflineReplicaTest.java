package io.girok.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.broker.LedPartition;
import io.girok.broker.TestNode;
import io.girok.files.StorageFailed;
import io.girok.log.LogDirectory;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A replica that is offline, or its directory is, while somebody wants to move it.
class OfflineReplicaTest extends TwoLogDirectories {
    private static final long ROOM_CHECK_MS = 2_000;
    private static final long HOLD_MS = 30_000;

    private int tries;

    /// One look at the disk begins an opening, and a second one, of whoever asked in between, must not begin another.
    @Test
    void aLogThatWaitsForRoomIsOpenedOnceThoughItIsToBeMoved() {
        startWithAQuotaUsedUp();
        clock.advance(HOLD_MS - ROOM_CHECK_MS);
        node.runShards();
        clock.advance(ROOM_CHECK_MS / 2);
        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        node.directoryReports.clear();
        disk.removeFaults();

        clock.advance(ROOM_CHECK_MS / 2);
        node.runShards();
        clock.advance(ROOM_CHECK_MS / 2);
        node.runShards();
        node.runAll();

        assertThat(node.broker.partitions().find(ORDERS, 0)).isInstanceOf(LedPartition.class);
        assertThat(node.directoryReports)
                .containsExactly(Map.entry(new PartitionId(ORDERS, 0), node.directory().directoryId()));
        assertThat(readAll()).containsExactly("a");
    }

    /// The bytes that are free say nothing.
    @Test
    void aLogThatWaitsForAQuotaIsTriedTwiceAMinute() {
        startWithAQuotaUsedUp();
        int tried = tries;

        for (long waited = 0; waited + ROOM_CHECK_MS < HOLD_MS; waited += ROOM_CHECK_MS) {
            node.advance(ROOM_CHECK_MS);
        }

        assertThat(tries).isEqualTo(tried);
        node.advance(ROOM_CHECK_MS);
        assertThat(tries).isEqualTo(tried + 1);
    }

    private void startWithAQuotaUsedUp() {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        disk.crash(new SplittableRandom(1));
        disk.plant(DiskFault.next(DiskOperation.LIST).on(this::isLogThatIsOpened).forWantOfRoom().lasting());
        node = new TestNode(clock, disk, List.of(FIRST, SECOND));
        node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"),
                new MetadataRecord.PartitionsAdded(ORDERS, 0, List.of(new PartitionImage(List.of(1, 2),
                        List.of(node.directory().directoryId(), TopicId.ZERO), List.of(1), 1,
                        TestNode.LEADER_EPOCH, 0))));
        node.runAll();
        assertThat(node.broker.partitions().find(ORDERS, 0)).isNotInstanceOf(LedPartition.class);
        assertThat(node.directory().failure()).isEmpty();
    }

    private boolean isLogThatIsOpened(Path path) {
        boolean isIt = path.equals(FIRST.resolve("orders-0"));
        tries += isIt ? 1 : 0;
        return isIt;
    }

    @Test
    void aReplicaThatHasLeftADirectoryGoesOnThoughThatFails() {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        LogDirectory first = node.directory();
        disk.plant(DiskFault.next(DiskOperation.SPACE).on(path -> path.startsWith(FIRST)).lasting());
        disk.plant(DiskFault.next(DiskOperation.RENAME).on(path -> {
            if (path.toString().contains("-future")) {
                assertThatThrownBy(first::usableBytes).isInstanceOf(StorageFailed.class);
            }
            return false;
        }));

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);

        assertThat(first.failure()).isPresent();
        send("b");
        assertThat(readAll()).containsExactly("a", "b");
    }
}
