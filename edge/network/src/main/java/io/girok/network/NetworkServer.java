package io.girok.network;

import io.girok.base.Clock;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.RequestDecoder;
import io.girok.wire.RequestHandler;
import io.girok.wire.SupportedApis;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets of a broker: accepts connections, reads requests, sends answers. Thread-safe.
public final class NetworkServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkServer.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final NettyShards shards;
    private final ClientConnection.Surroundings surroundings;
    private final RateLimitedLog refusals;
    private final Map<EventLoop, ConnectionSweep> sweeps = new HashMap<>();
    private final ChannelGroup sockets = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private final ConnectionLimits limits;
    private final AtomicLong lastConnectionId = new AtomicLong();
    private final List<BoundListener> listeners = new ArrayList<>();

    private NetworkServer(NettyShards shards, ClientConnection.Surroundings surroundings, ClientQuotas quotas) {
        this.shards = shards;
        this.limits = new ConnectionLimits(surroundings.settings().connections(), quotas, surroundings.clock());
        this.surroundings = surroundings;
        this.refusals = new RateLimitedLog(LOG, surroundings.clock());
        for (EventExecutor executor : shards.loops()) {
            EventLoop loop = (EventLoop) executor;
            sweeps.put(loop, new ConnectionSweep(loop, surroundings.settings()));
        }
    }

    /// Binds all listeners or none.
    ///
    /// @param quotas of addresses that open connections
    /// @throws IOException when an address can't be listened on; says which
    public static NetworkServer start(List<Listener> listeners, NettyShards shards, SupportedApis supported,
            RequestHandler handler, NetworkSettings settings, ClientQuotas quotas, Clock clock) throws IOException {
        RequestMemory memory = new RequestMemory(settings.requestMemoryBytes(), clock, shards.all().getFirst());
        RateLimitedLog complaints = new RateLimitedLog(LOG, clock);
        NetworkServer server = new NetworkServer(shards, new ClientConnection.Surroundings(handler, supported,
                new RequestDecoder(supported), settings, memory, clock, complaints), quotas);
        boolean isStarted = false;
        try {
            for (Listener listener : listeners) {
                server.bind(listener);
            }
            isStarted = true;
            return server;
        } finally {
            if (!isStarted) {
                server.close();
            }
        }
    }

    private void bind(Listener listener) throws IOException {
        String where = listener.name() + "://" + listener.host() + ":" + listener.port();
        InetSocketAddress address = listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(listener.host(), listener.port());
        if (address.isUnresolved()) {
            throw new IOException("listener " + where + ": the name '" + listener.host()
                    + "' does not resolve; set 'listeners' to a name or address of this machine");
        }
        ChannelFuture bound = bootstrap(listener).bind(address).awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            throw new IOException("listener " + where + " can't be opened: " + failure.getMessage(), failure);
        }
        sockets.add(bound.channel());
        listeners.add(new BoundListener(listener.name(), (InetSocketAddress) bound.channel().localAddress()));
    }

    private ServerBootstrap bootstrap(Listener listener) {
        NetworkSettings settings = surroundings.settings();
        int unsentMax = settings.unsentBytesMax();
        ServerBootstrap bootstrap = new ServerBootstrap().group(shards.loops())
                .channel(shards.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, settings.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, shards.allocator())
                .childOption(ChannelOption.ALLOCATOR, shards.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new UnsentBytes())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(unsentMax / 2, unsentMax))
                .handler(new AcceptFailures())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open(channel, listener);
                    }
                });
        if (0 <= settings.sendBufferBytes()) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
        }
        if (0 <= settings.receiveBufferBytes()) {
            bootstrap.option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        }
        return bootstrap;
    }

    /// On the connection's loop.
    private void open(Channel channel, Listener listener) {
        ClientConnection connection = new ClientConnection(lastConnectionId.incrementAndGet(), listener, channel,
                surroundings);
        InetAddress from = connection.remoteAddress().getAddress();
        Optional<String> refusal = limits.opened(listener, from);
        var _ = channel.closeFuture().addListener(closed -> limits.closed(listener, from));
        if (refusal.isPresent()) {
            refusals.warn("connection " + connection + " refused: " + refusal.get());
            var _ = channel.close();
            return;
        }
        ConnectionSweep sweep = Objects.requireNonNull(sweeps.get(channel.eventLoop()));
        sweep.add(connection);
        var _ = channel.closeFuture().addListener(closed -> sweep.remove(connection));
        TlsContext tls = listener.guard().tls().orElse(null);
        if (tls == null) {
            channel.config().setRecvByteBufAllocator(new ReceiveBuffers(connection));
        } else {
            channel.pipeline().addLast(tls.serverHandler(channel.alloc()));
        }
        channel.pipeline().addLast(connection);
        connections.add(channel);
        connection.pause(limits.waitMs(listener, from));
    }

    /// In the order of the listeners given.
    public List<BoundListener> listeners() {
        return List.copyOf(listeners);
    }

    /// What the requests of all connections hold.
    public RequestMemory requestMemory() {
        return surroundings.memory();
    }

    /// Connections that are open.
    public int connectionCount() {
        return limits.count();
    }

    /// Closes the listening sockets; connections stay.
    public void stopAccepting() {
        sockets.close().awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }

    /// Takes no further requests, sends the answers that are due, and closes each connection after its last; true when
    /// all were closed within the time.
    public boolean drain(Duration timeout) {
        sweeps.values().forEach(ConnectionSweep::drain);
        return connections.newCloseFuture().awaitUninterruptibly(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Closes everything at once. The loops stay.
    @Override
    public void close() {
        stopAccepting();
        connections.close().awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }

    /// A process that ran out of file handles can't accept: Netty pauses for a second and tries again.
    private final class AcceptFailures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            refusals.warn("connections can't be accepted, trying again in a second: " + cause);
        }
    }
}
