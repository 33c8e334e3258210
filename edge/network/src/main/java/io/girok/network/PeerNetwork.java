package io.girok.network;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.slf4j.LoggerFactory;

/// Connections to other nodes, each on the event loop of the shard that wants it. Thread-safe.
public final class PeerNetwork implements Peers {
    private static final int CONNECT_LIMIT_MS = 2_000;

    private final NettyShards shards;
    private final int answerMaxBytes;
    private final PeerSecurity security;
    private final RateLimitedLog complaints;

    /// @param answerMaxBytes largest frame taken from another node
    public PeerNetwork(NettyShards shards, int answerMaxBytes, PeerSecurity security, Clock clock) {
        this.shards = shards;
        this.answerMaxBytes = answerMaxBytes;
        this.security = security;
        this.complaints = new RateLimitedLog(LoggerFactory.getLogger(PeerNetwork.class), clock);
    }

    @Override
    public PeerConnection open(NodeAddress address, Shard owner) {
        PeerChannel connection = new PeerChannel(address, owner, answerMaxBytes, security, complaints);
        var _ = new Bootstrap().group(((NettyShard) owner).loop())
                .channel(shards.isNative() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, shards.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MS)
                .handler(handler(address, connection))
                .connect(address.host(), address.port())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        connection.fail(connected.cause());
                    }
                });
        return connection;
    }

    private ChannelHandler handler(NodeAddress address, PeerChannel connection) {
        TlsContext tls = security.tls().orElse(null);
        if (tls == null) {
            return connection;
        }
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(tls.clientHandler(channel.alloc(), address.host(), address.port()), connection);
            }
        };
    }
}
