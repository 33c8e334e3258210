package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedSettingsTest {
    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });

    /// Not what other nodes have in their files.
    @Test
    void theClusterGoesByWhatItsFounderHas() {
        InMemoryMetadataLog log = InMemoryMetadataLog.alone(shard);
        MemoryDisk disk = new MemoryDisk(clock);
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 100), shard,
                () -> new TopicId(9, 1), Durability.FSYNC, 86_400_000L);
        Node node = new Node(
                new Node.Identity(1, "the-cluster",
                        Settings.parse(Map.of("node.id", "1", "min.insync.replicas", "2"))),
                new Node.Surroundings(List.of(shard), shard, shard, shard, shard, clock, new Random(1)),
                List.of(LogDirectory.open(Path.of("/data"), "the-cluster", 1, environment)),
                new Node.Quorum(store, log, message -> new CompletableFuture<>(), gone -> {}),
                new Node.Others((address, owner) -> {
                    throw new AssertionError("nobody is there");
                }, id -> null));

        log.start(node.metadataListener());
        var registered = node.register(List.of(new Endpoint("PLAINTEXT", "localhost", 9092)));
        shard.advance(100);

        assertThat(registered).isCompleted();
        assertThat(store.image().config(ConfigTarget.ALL_BROKERS)).isEqualTo(Map.of("min.insync.replicas", "2"));
    }
}
