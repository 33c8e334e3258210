package io.girok.network;

import io.girok.base.Shard;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The process's event loops, each of them a shard: by epoll where the machine has it, by NIO elsewhere. Thread-safe.
public final class NettyShards implements AutoCloseable {
    /// How long tasks that are queued when the loops end may still take.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private static final int PAGE_BYTES = 8 * 1024;
    /// Chunks of 4 MiB, at most one arena for two loops: an idle broker stays small.
    private static final int CHUNK_ORDER = 9;
    private static final int MAX_ARENAS = 2;

    private final EventLoopGroup loops;
    private final boolean isNative;
    private final PooledByteBufAllocator allocator;
    private final List<Shard> shards;

    private NettyShards(EventLoopGroup loops, boolean isNative) {
        this.loops = loops;
        this.isNative = isNative;
        List<Shard> all = new ArrayList<>();
        for (EventExecutor loop : loops) {
            all.add(new NettyShard((EventLoop) loop));
        }
        this.shards = List.copyOf(all);
        this.allocator = new PooledByteBufAllocator(true, 0, Math.min(MAX_ARENAS, all.size()), PAGE_BYTES, CHUNK_ORDER,
                PooledByteBufAllocator.defaultSmallCacheSize(), PooledByteBufAllocator.defaultNormalCacheSize(), false);
    }

    /// @param count loops, one thread each
    public static NettyShards start(int count) {
        NettyEnvironment.prepare();
        return start(count, Epoll.isAvailable());
    }

    /// Loops that use NIO even where there is something better.
    static NettyShards startNio(int count) {
        NettyEnvironment.prepare();
        return start(count, false);
    }

    private static NettyShards start(int count, boolean isNative) {
        var factory = isNative ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var threads = new DefaultThreadFactory("girok-shard");
        return new NettyShards(new MultiThreadIoEventLoopGroup(count, threads, factory), isNative);
    }

    public List<Shard> all() {
        return shards;
    }

    EventLoopGroup loops() {
        return loops;
    }

    boolean isNative() {
        return isNative;
    }

    /// Where the buffers of all connections come from.
    PooledByteBufAllocator allocator() {
        return allocator;
    }

    /// Ends the loops once the tasks they have are done; nothing may be handed to a shard afterwards.
    @Override
    public void close() {
        loops.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis() + 1_000);
    }
}
