package io.girok.node;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// A node that is alone, on one simulated shard. Its metadata log is not started.
final class LoneNode {
    final SimulatedShard shard;
    final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    final InMemoryMetadataLog log;
    final Node node;

    LoneNode(Settings settings) {
        ManualClock clock = new ManualClock();
        shard = new SimulatedShard(clock);
        log = InMemoryMetadataLog.alone(shard);
        MemoryDisk disk = new MemoryDisk(clock);
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 100), shard,
                () -> new TopicId(9, 1), Durability.FSYNC, 86_400_000L);
        node = new Node(new Node.Identity(1, "the-cluster", settings),
                new Node.Surroundings(List.of(shard), shard, shard, shard, shard, clock, new Random(1)),
                List.of(LogDirectory.open(Path.of("/data"), "the-cluster", 1, environment)),
                new Node.Quorum(store, log, message -> new CompletableFuture<>(), gone -> {}),
                new Node.Others((address, owner) -> {
                    throw new AssertionError("nobody is there");
                }, id -> null));
    }
}
