package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.FileDisk;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.SystemClock;
import io.girok.base.TopicId;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.metadata.setting.Settings;
import io.girok.network.NettyShards;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real threads, and what waits for which of them.
class ServerThreadsTest {
    private static final int POOL_THREADS = 2;
    private static final long LIMIT_SECONDS = 30;

    @TempDir
    Path path;

    @Test
    void whatIsAppendedBecomesDurableWhileAllBackgroundThreadsAreBlocked() throws Exception {
        ServerThreads threads = new ServerThreads(
                Settings.parse(Map.of("background.threads", Integer.toString(POOL_THREADS))), 1);
        CountDownLatch blocked = new CountDownLatch(POOL_THREADS);
        CountDownLatch released = new CountDownLatch(1);
        try (NettyShards shards = NettyShards.start(1)) {
            Shard shard = shards.all().getFirst();
            FileDisk disk = new FileDisk();
            LogEnvironment environment = threads.forLogs(new LogEnvironment(disk, new SystemClock(), shard,
                    new OpenFiles(disk, 10), threads.blockingPool(), () -> new TopicId(1, 1), Durability.FSYNC, 1_000));
            try (LogDirectory directory = LogDirectory.open(path, "cluster", 1, environment)) {
                for (int i = 0; i < POOL_THREADS; i++) {
                    threads.blockingPool().execute(() -> {
                        blocked.countDown();
                        awaitUninterrupted(released);
                    });
                }
                blocked.await();

                CompletableFuture<Long> durable = new CompletableFuture<>();
                shard.execute(() -> appendOne(directory, shard, durable));

                assertThat(durable.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            }
        } finally {
            released.countDown();
            threads.end();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void appendOne(LogDirectory directory, Shard shard, CompletableFuture<Long> durable) {
        PartitionStore store = directory.openPartition(new PartitionName("orders", 0), new TopicId(2, 2),
                LogSettings.DEFAULT, shard);
        store.onDurable(durable::complete);
        store.append(new BatchBuilder().append(1, null, ByteBuffer.wrap(new byte[1])).build(), AppendOrigin.CLIENT, 0);
        store.requestFlush();
    }
}
