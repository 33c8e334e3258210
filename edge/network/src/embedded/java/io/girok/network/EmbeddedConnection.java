package io.girok.network;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.RequestDecoder;
import io.girok.wire.RequestHandler;
import io.girok.wire.SupportedApis;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/// A connection of the server without a socket: bytes are handed in and taken out, and its time is a [ManualClock].
/// Owned by the one thread that plays client and loop.
public final class EmbeddedConnection implements AutoCloseable {
    private final ManualClock clock;
    private final SimulatedShard timers;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RequestMemory memory;
    private final ClientConnection connection;
    private final boolean isEncrypted;

    /// @param clock moved by [#pass] only
    public EmbeddedConnection(Guard guard, NetworkSettings settings, SupportedApis supported, RequestHandler handler,
            ManualClock clock) {
        this.clock = clock;
        this.timers = new SimulatedShard(clock);
        this.memory = new RequestMemory(settings.requestMemoryBytes(), clock, timers);
        this.isEncrypted = guard.tls().isPresent();
        RateLimitedLog complaints = new RateLimitedLog(LoggerFactory.getLogger(EmbeddedConnection.class), clock);
        this.connection = new ClientConnection(1, new Listener("EMBEDDED", "", 0, guard, ListenerLimits.NONE), channel,
                new ClientConnection.Surroundings(handler, supported, new RequestDecoder(supported), settings, memory,
                        clock, complaints));
        channel.freezeTime();
        guard.tls().ifPresent(tls -> channel.pipeline().addLast(tls.serverHandler(channel.alloc())));
        channel.pipeline().addLast(connection);
    }

    /// Hands in bytes as a socket does, as many as are read from it; answers how many.
    public int send(byte[] bytes, int from, int to) {
        int next = from;
        while (next < to && isOpen() && channel.config().isAutoRead()) {
            ByteBuf buffer = isEncrypted
                    ? channel.alloc().buffer(to - next)
                    : connection.nextReadBuffer(channel.alloc());
            int count = Math.min(to - next, buffer.writableBytes());
            buffer.writeBytes(bytes, next, count);
            next += count;
            channel.pipeline().fireChannelRead(buffer);
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
            timers.runAll();
        }
        return next - from;
    }

    /// Takes what was sent out.
    public byte[] receive() {
        ByteBuf all = channel.alloc().buffer();
        try {
            for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
                all.writeBytes(next);
                next.release();
            }
            byte[] bytes = new byte[all.readableBytes()];
            all.readBytes(bytes);
            return bytes;
        } finally {
            all.release();
        }
    }

    /// Lets time pass, and runs what is due then, with the sweep over connections at the end.
    public void pass(long ms) {
        clock.advance(ms);
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
        timers.runAll();
        if (isOpen()) {
            connection.closeIfOverdue();
            channel.runPendingTasks();
        }
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    /// Bytes that requests hold.
    public long heldBytes() {
        return memory.usedBytes();
    }

    /// Throws what came past every handler.
    @Override
    public void close() {
        try {
            var _ = channel.close();
            channel.runPendingTasks();
            channel.checkException();
        } finally {
            channel.releaseOutbound();
            channel.releaseInbound();
        }
    }
}
