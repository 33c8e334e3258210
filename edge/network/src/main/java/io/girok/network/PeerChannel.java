package io.girok.network;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.RequestEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// A connection to another node over a socket. Owned by its shard, whose loop the socket is on.
final class PeerChannel extends ChannelInboundHandlerAdapter implements PeerConnection {
    /// Nothing but the text tells it from other failures.
    private static final String REFUSED = "Connection refused";
    /// As the native transport has it, in all languages.
    private static final String REFUSED_ON_LINUX = "error(-111)";

    /// A request on its way.
    private record Sent(ApiKeys api, short version, int correlationId, Answer answer, Timers.Scheduled limit) {}

    private final NodeAddress address;
    private final Shard owner;
    private final int answerMaxBytes;
    private final Queue<Sent> unanswered = new ArrayDeque<>();
    /// Frames of requests that were made before the connection was there.
    private final List<ByteBuf> unsent = new ArrayList<>();
    private final List<Consumer<IOException>> closeListeners = new ArrayList<>(1);
    private @Nullable Channel channel;
    private @Nullable IOException ended;
    private int lastCorrelationId;

    private int prefix;
    private int prefixBytes;
    private @Nullable ByteBuf frame;

    PeerChannel(NodeAddress address, Shard owner, int answerMaxBytes) {
        this.address = address;
        this.owner = owner;
        this.answerMaxBytes = answerMaxBytes;
    }

    @Override
    public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
        IOException why = ended;
        if (why != null) {
            owner.execute(() -> answer.onFailure(why));
            return;
        }
        int correlationId = lastCorrelationId++;
        ByteBuf[] encoded = new ByteBuf[1];
        ByteBuffer end = RequestEncoder.encode(api, version, correlationId, body, size -> {
            encoded[0] = channel == null ? Unpooled.directBuffer(size, size) : channel.alloc().directBuffer(size, size);
            return encoded[0].nioBuffer(0, size);
        });
        ByteBuf bytes = encoded[0].writerIndex(end.position());
        Timers.Scheduled limit = owner.schedule(limitMs, () -> fail(
                new IOException(address + " did not answer " + api.name + " within " + limitMs + " ms")));
        unanswered.add(new Sent(api, version, correlationId, answer, limit));
        if (channel == null) {
            unsent.add(bytes);
        } else {
            var _ = channel.writeAndFlush(bytes, channel.voidPromise());
        }
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
        for (ByteBuf bytes : unsent) {
            var _ = context.write(bytes, context.voidPromise());
        }
        unsent.clear();
        context.flush();
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
    void fail(Throwable cause) {
        if (ended != null) {
            return;
        }
        IOException why = reason(cause);
        ended = why;
        if (channel != null) {
            var _ = channel.close();
        }
        unsent.forEach(ByteBuf::release);
        unsent.clear();
        if (frame != null) {
            frame.release();
            frame = null;
        }
        List<Sent> failed = List.copyOf(unanswered);
        unanswered.clear();
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
