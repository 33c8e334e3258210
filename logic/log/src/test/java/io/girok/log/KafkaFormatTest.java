package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.FileDisk;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.record.BatchBuilder;
import io.girok.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.NoCompression;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files on disk are Apache Kafka's: its own classes read what we write, and we read what they write.
class KafkaFormatTest {
    private static final PartitionName NAME = new PartitionName("orders", 0);

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final FileDisk disk = new FileDisk();

    private LogDirectory open() {
        return LogDirectory.open(directory, "cluster", 1, new LogEnvironment(disk, clock, shard,
                new OpenFiles(disk, 10), Runnable::run, () -> new TopicId(3, 4), Durability.FSYNC, 86_400_000));
    }

    private PartitionStore store(LogDirectory in) {
        return in.openPartition(NAME, new TopicId(5, 6), LogWorld.settings(1 << 20, 100), shard);
    }

    @Test
    void apacheKafkaReadsASegment() throws IOException {
        LogDirectory log = open();
        PartitionStore store = store(log);
        for (Compression compression : Compression.values()) {
            BatchBuilder batch = new BatchBuilder().compression(compression);
            batch.append(10, LogWorld.bytes("k"), LogWorld.bytes(compression.label()));
            batch.append(11, null, null);
            store.append(batch.build(), AppendOrigin.CLIENT, 9);
        }
        log.closeClean();

        List<String> values = new ArrayList<>();
        try (FileRecords records = FileRecords.open(
                directory.resolve("orders-0/00000000000000000000.log").toFile(), false)) {
            records.batches().forEach(batch -> {
                batch.ensureValid();
                assertThat(batch.partitionLeaderEpoch()).isEqualTo(9);
                batch.forEach(found -> values
                        .add(found.offset() + ":" + (found.hasValue() ? LogWorld.text(found.value()) : null)));
            });
        }
        assertThat(values).containsExactly("0:none", "1:null", "2:gzip", "3:null", "4:snappy", "5:null", "6:lz4",
                "7:null", "8:zstd", "9:null");
    }

    @Test
    void aSegmentOfApacheKafkaIsRead() throws IOException {
        LogDirectory log = open();
        PartitionStore store = store(log);
        MemoryRecords records = MemoryRecords.withRecords(0L, new NoCompression.Builder().build(), 4,
                new SimpleRecord(5L, "k".getBytes(), "v".getBytes()));
        ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes()).put(records.buffer().duplicate()).flip();

        store.append(bytes, AppendOrigin.REPLICATION, -1);

        assertThat(store.endOffset()).isEqualTo(1);
        assertThat(store.latestEpoch()).isEqualTo(4);
        assertThat(store.maxTimestampOffset()).contains(new TimestampOffset(5, 0, 4));
        log.closeClean();
    }

    @Test
    void theSmallFilesAreOfApacheKafkasForm() throws IOException {
        LogDirectory log = open();
        PartitionStore store = store(log);
        store.append(new BatchBuilder().append(1, null, LogWorld.bytes("a")).build(), AppendOrigin.CLIENT, 2);
        store.append(new BatchBuilder().append(1, null, LogWorld.bytes("b")).build(), AppendOrigin.CLIENT, 5);
        store.noteHighWatermark(2);
        store.advanceStartOffset(1);
        log.closeClean();

        assertThat(directory.resolve("recovery-point-offset-checkpoint")).hasContent("0\n1\norders 0 2\n");
        assertThat(directory.resolve("replication-offset-checkpoint")).hasContent("0\n1\norders 0 2\n");
        assertThat(directory.resolve("log-start-offset-checkpoint")).hasContent("0\n1\norders 0 1\n");
        assertThat(directory.resolve("orders-0/leader-epoch-checkpoint")).hasContent("0\n1\n5 1\n");
        assertThat(directory.resolve("orders-0/partition.metadata"))
                .hasContent("version: 0\ntopic_id: " + new Uuid(5, 6) + "\n");
        assertThat(Files.readAllLines(directory.resolve("meta.properties"))).containsExactly("version=1",
                "cluster.id=cluster", "node.id=1", "directory.id=" + new Uuid(3, 4));
    }
}
