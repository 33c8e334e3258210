package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Shard;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(20)
class NettyShardsTest {
    static {
        BufferLeaks.watch();
    }

    @Test
    void tasksOfAShardRunInOrderOnItsThread() throws Exception {
        try (NettyShards shards = NettyShards.start(2)) {
            Shard shard = shards.all().getLast();
            BlockingQueue<String> seen = new ArrayBlockingQueue<>(3);

            shard.execute(() -> seen.add("first " + shard.isCurrent()));
            shard.execute(() -> seen.add("second " + shards.all().getFirst().isCurrent()));

            assertThat(seen.take()).isEqualTo("first true");
            assertThat(seen.take()).isEqualTo("second false");
            assertThat(shard.isCurrent()).isFalse();
        }
    }

    @Test
    void aTimerRunsOnceUnlessCancelled() throws Exception {
        try (NettyShards shards = NettyShards.start(1)) {
            Shard shard = shards.all().getFirst();
            CountDownLatch ran = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);

            shard.schedule(30, cancelled::countDown).cancel();
            shard.schedule(-5, () -> {
                throw new IllegalStateException("scripted: the shard goes on");
            });
            shard.schedule(60, ran::countDown);

            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelled.getCount()).isOne();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void linuxUsesTheNativeTransport() {
        try (NettyShards shards = NettyShards.start(1)) {
            assertThat(shards.isNative()).isTrue();
        }
    }
}
