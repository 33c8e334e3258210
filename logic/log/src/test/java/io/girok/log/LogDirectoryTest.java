package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogDirectoryTest {
    private final LogWorld world = new LogWorld();

    @Test
    void aSecondProcessIsRefused() {
        world.openDirectory();

        assertThatThrownBy(() -> LogDirectory.open(LogWorld.PATH, "cluster", 1, world.environment()))
                .isInstanceOf(DirectoryRefused.class)
                .hasMessageContaining("'/data' is in use by another process");
    }

    @Test
    void anotherClustersDirectoryIsRefused() {
        world.openDirectory().closeClean();

        assertThatThrownBy(() -> LogDirectory.open(LogWorld.PATH, "other", 1, world.environment()))
                .isInstanceOf(DirectoryRefused.class)
                .hasMessageContaining("belongs to node 1 of cluster 'cluster'");
        assertThat(MetaProperties.read(world.disk, LogWorld.PATH).orElseThrow().clusterId()).isEqualTo("cluster");
    }

    @Test
    void aDirectoryKeepsItsId() {
        TopicId id = world.openDirectory().directory.directoryId();
        world.closeClean();

        assertThat(world.openDirectory().directory.directoryId()).isEqualTo(id);
        assertThat(world.directory.wasClosedClean()).isTrue();
    }

    @Test
    void aDeletedPartitionIsRenamedAtOnceAndRemovedLater() throws IOException {
        world.open();
        world.append(1, "a");

        world.directory.delete(LogWorld.NAME);

        assertThat(world.directory.partitionsOnDisk()).isEmpty();
        assertThat(world.disk.list(LogWorld.PATH)).anyMatch(name -> name.matches("orders-3\\..*-delete"));
        assertThatThrownBy(() -> world.append(1, "b")).isInstanceOf(StorageFailed.class);
        world.shard.advance(1_000);
        world.settle();
        assertThat(world.disk.list(LogWorld.PATH)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aRecreatedPartitionIsEmptyAlsoAfterACrash() {
        world.open();
        world.append(1, "a");
        world.flush();
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        world.directory.delete(LogWorld.NAME);
        world.store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);
        world.directory.close();
        world.disk.crash(new SplittableRandom(5));

        world.openDirectory();
        PartitionStore store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        assertThat(store.endOffset()).isZero();
    }

    @Test
    void aFlushThatComesLateTouchesNothingOfTheLogThatFollows() throws IOException {
        world.open();
        world.append(1, "a");
        world.store.assignEpoch(4, 0);
        world.store.roll();
        world.directory.delete(LogWorld.NAME);
        world.store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        world.settle();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(SegmentCheck.files(world)).containsExactly("partition.metadata");
    }

    @Test
    void whatADeletedTopicLeftIsSetAside() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        world.openDirectory();

        PartitionStore store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        assertThat(store.endOffset()).isZero();
        assertThat(world.disk.list(LogWorld.PATH)).anyMatch(name -> name.matches("orders-3\\..*-stray"));
    }

    @Test
    void aTopicWithALongNameCanBeDeleted() throws IOException {
        world.openDirectory();
        PartitionName name = new PartitionName("x".repeat(249), 3);
        world.directory.openPartition(name, LogWorld.TOPIC, world.settings, world.shard);

        world.directory.delete(name);

        assertThat(world.disk.list(LogWorld.PATH)).allMatch(entry -> entry.length() <= 255);
    }

    @Test
    void aCleanStopNeedsEveryPartitionToHaveBeenChecked() {
        world.open();
        world.append(1, "a");
        world.directory.close();
        world.openDirectory().closeClean();

        assertThat(world.openDirectory().directory.wasClosedClean()).isFalse();
    }

    @Test
    void theHighWatermarkIsRemembered() {
        world.open();
        world.append(1, "a", "b");
        world.store.noteHighWatermark(1);
        world.closeClean();
        world.open();

        assertThat(world.store.checkpointedHighWatermark()).isEqualTo(1);
    }
}
