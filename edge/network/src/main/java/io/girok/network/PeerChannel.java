package io.girok.network;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.security.sasl.SaslClient;
import io.girok.security.sasl.SaslRefused;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.RequestEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// A connection to another node over a socket. Owned by its shard, whose loop the socket is on.
final class PeerChannel extends ChannelInboundHandlerAdapter implements PeerConnection, PeerLogin.Owner {
    /// Nothing but the text tells it from other failures.
    private static final String REFUSED = "Connection refused";
    /// As the native transport has it, in all languages.
    private static final String REFUSED_ON_LINUX = "error(-111)";

    /// A request on its way.
    private record Sent(ApiKeys api, short version, int correlationId, Answer answer, Timers.Scheduled limit) {}

    /// One that waits to be sent.
    private record Unsent(Sent request, ByteBuf bytes) {}

    private final NodeAddress address;
    private final Shard owner;
    private final int answerMaxBytes;
    private final PeerSecurity security;
    private final RateLimitedLog complaints;
    private final Queue<Sent> unanswered = new ArrayDeque<>();
    /// Requests that were made before the connection was there, or while this node shows who it is.
    private final List<Unsent> unsent = new ArrayList<>();
    private final List<Consumer<IOException>> closeListeners = new ArrayList<>(1);
    private @Nullable Channel channel;
    /// Whether requests go out at once.
    private boolean isOpen;
    private @Nullable IOException ended;
    private Timers.Scheduled nextLogin = () -> {};
    private int lastCorrelationId;

    private int prefix;
    private int prefixBytes;
    private @Nullable ByteBuf frame;

    /// @param complaints where it is logged that a node is not the one it should be, or does not let this one in
    PeerChannel(NodeAddress address, Shard owner, int answerMaxBytes, PeerSecurity security,
            RateLimitedLog complaints) {
        this.address = address;
        this.owner = owner;
        this.answerMaxBytes = answerMaxBytes;
        this.security = security;
        this.complaints = complaints;
    }

    @Override
    public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
        IOException why = ended;
        if (why != null) {
            owner.execute(() -> answer.onFailure(why));
            return;
        }
        int correlationId = lastCorrelationId++;
        ByteBuf bytes = encoded(api, version, correlationId, body);
        Timers.Scheduled limit = owner.schedule(limitMs, () -> fail(
                new IOException(address + " did not answer " + api.name + " within " + limitMs + " ms")));
        Sent request = new Sent(api, version, correlationId, answer, limit);
        Channel open = channel;
        if (open == null || !isOpen) {
            unsent.add(new Unsent(request, bytes));
        } else {
            unanswered.add(request);
            var _ = open.writeAndFlush(bytes, open.voidPromise());
        }
    }

    private ByteBuf encoded(ApiKeys api, short version, int correlationId, ApiMessage body) {
        ByteBuf[] encoded = new ByteBuf[1];
        ByteBuffer end = RequestEncoder.encode(api, version, correlationId, body, size -> {
            encoded[0] = channel == null ? Unpooled.directBuffer(size, size) : channel.alloc().directBuffer(size, size);
            return encoded[0].nioBuffer(0, size);
        });
        return encoded[0].writerIndex(end.position());
    }

    @Override
    public void sendNow(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
        Channel open = channel;
        if (open == null || ended != null) {
            return;
        }
        int correlationId = lastCorrelationId++;
        ByteBuf bytes = encoded(api, version, correlationId, body);
        Timers.Scheduled limit = owner.schedule(limitMs, () -> fail(
                new IOException(address + " did not answer " + api.name + " within " + limitMs + " ms")));
        unanswered.add(new Sent(api, version, correlationId, answer, limit));
        var _ = open.writeAndFlush(bytes, open.voidPromise());
    }

    @Override
    public void onClose(Consumer<IOException> listener) {
        IOException why = ended;
        if (why == null) {
            closeListeners.add(listener);
        } else {
            owner.execute(() -> listener.accept(why));
        }
    }

    @Override
    public boolean isClosed() {
        return ended != null;
    }

    @Override
    public void close() {
        fail(new ClosedChannelException());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (ended != null) {
            var _ = context.close();
            return;
        }
        channel = context.channel();
        if (security.tls().isEmpty()) {
            logIn();
        }
    }

    /// How the TLS handshake has ended.
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && ended == null) {
            if (handshake.isSuccess()) {
                logIn();
            } else {
                complain(TlsPeer.describe(handshake.cause()));
                fail(new IOException(address + ": " + TlsPeer.describe(handshake.cause()), handshake.cause()));
            }
        }
    }

    private void complain(String what) {
        complaints.warn("node at " + address + " can't be spoken to: " + what);
    }

    private void logIn() {
        Supplier<SaslClient> logins = security.logins().orElse(null);
        if (logins == null) {
            goOn();
        } else if (ended == null) {
            isOpen = false;
            new PeerLogin(logins.get(), this).begin();
        }
    }

    @Override
    public void onLoggedIn(long lifetimeMs) {
        goOn();
        if (0 < lifetimeMs) {
            nextLogin = owner.schedule(Math.max(1, lifetimeMs / 10 * 8), this::logIn);
        }
    }

    private void goOn() {
        Channel open = channel;
        if (open == null || ended != null) {
            return;
        }
        isOpen = true;
        for (Unsent each : unsent) {
            unanswered.add(each.request());
            var _ = open.write(each.bytes(), open.voidPromise());
        }
        unsent.clear();
        open.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf input = (ByteBuf) message;
        try {
            while (input.isReadable() && ended == null) {
                take(input, context);
            }
        } finally {
            input.release();
        }
    }

    private void take(ByteBuf input, ChannelHandlerContext context) {
        while (prefixBytes < Integer.BYTES && input.isReadable()) {
            prefix = prefix << 8 | input.readUnsignedByte();
            prefixBytes++;
        }
        if (prefixBytes < Integer.BYTES) {
            return;
        }
        if (prefix < Integer.BYTES || answerMaxBytes < prefix) {
            fail(new IOException(address + " sent a length prefix of " + prefix + " bytes, where " + Integer.BYTES
                    + " to " + answerMaxBytes + " are expected"));
            return;
        }
        ByteBuf filling = frame;
        if (filling == null) {
            filling = context.alloc().directBuffer(prefix, prefix);
            frame = filling;
        }
        filling.writeBytes(input, Math.min(input.readableBytes(), filling.writableBytes()));
        if (!filling.isWritable()) {
            frame = null;
            prefixBytes = 0;
            try {
                answered(filling.nioBuffer());
            } finally {
                filling.release();
            }
        }
    }

    private void answered(ByteBuffer bytes) {
        Sent request = unanswered.peek();
        if (request == null || RequestEncoder.correlationId(bytes) != request.correlationId()) {
            fail(new IOException(address + " answered what it was not asked"));
            return;
        }
        ApiMessage body;
        try {
            body = RequestEncoder.decodeAnswer(request.api(), request.version(), bytes);
        } catch (RuntimeException e) {
            fail(new IOException(address + " sent a malformed answer to " + request.api().name, e));
            return;
        }
        unanswered.remove();
        request.limit().cancel();
        request.answer().onAnswer(body);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new IOException(address + " closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }

    /// Time-outs, and ways that are cut in this machine's own routes, are [ConnectException]s as well.
    private IOException reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof ConnectException
                && (message.contains(REFUSED) || message.contains(REFUSED_ON_LINUX))) {
            return new ConnectionRefused(address, cause);
        }
        return cause instanceof IOException known ? known : new IOException(address + ": " + cause, cause);
    }

    /// Ends the connection because of `cause`, unless it has ended.
    @Override
    public void fail(Throwable cause) {
        if (ended != null) {
            return;
        }
        if (cause instanceof SaslRefused) {
            complain(String.valueOf(cause.getMessage()));
        }
        IOException why = reason(cause);
        ended = why;
        nextLogin.cancel();
        if (channel != null) {
            var _ = channel.close();
        }
        List<Sent> failed = new ArrayList<>(unanswered);
        unanswered.clear();
        for (Unsent each : unsent) {
            failed.add(each.request());
            each.bytes().release();
        }
        unsent.clear();
        if (frame != null) {
            frame.release();
            frame = null;
        }
        // Not at once: whoever closes or sends is in the middle of something.
        owner.execute(() -> {
            for (Sent request : failed) {
                request.limit().cancel();
                request.answer().onFailure(why);
            }
            closeListeners.forEach(listener -> listener.accept(why));
        });
    }
}
