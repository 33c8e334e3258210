package io.girok.network;

import io.girok.base.Clock;
import io.girok.base.Principal;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.SaslSession;
import io.girok.wire.Connection;
import io.girok.wire.Decoded;
import io.girok.wire.Request;
import io.girok.wire.RequestDecoder;
import io.girok.wire.RequestHandler;
import io.girok.wire.SupportedApis;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client's connection: frames in, answers out in their order. Owned by its event loop; what [Connection] promises
/// is thread-safe.
///
/// Reading stops, and the client is held back by TCP, while too many requests or bytes are open, while the client does
/// not read its answers, and while a frame waits for memory.
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements
            Connection,
            FrameIntake.Owner,
            AnswerQueue.Owner,
            SaslGate.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final long AUTHENTICATION_LIMIT_MS = 30_000;

    /// What all connections of a server share.
    ///
    /// @param complaints where clients that break the rules are logged
    record Surroundings(RequestHandler handler, SupportedApis supported, RequestDecoder decoder,
            NetworkSettings settings, RequestMemory memory, Clock clock, RateLimitedLog complaints) {}

    private final Surroundings surroundings;
    private final long id;
    private final Listener listener;
    private final Channel channel;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private final FrameIntake intake;
    private final AnswerQueue answers;
    private final @Nullable SaslGate sasl;
    private final long openedMs;
    private volatile Principal principal = Principal.ANONYMOUS;
    private volatile boolean isByToken;
    private boolean isLetIn;
    private int pauses;
    private boolean isDraining;
    private boolean isClosed;
    private long lastActivityMs;
    private long lastReadMs;
    private long lastSendProgress;

    ClientConnection(long id, Listener listener, Channel channel, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.id = id;
        this.listener = listener;
        this.channel = channel;
        this.localAddress = addressOf(channel.localAddress());
        this.remoteAddress = addressOf(channel.remoteAddress());
        this.intake = new FrameIntake(surroundings.settings.requestMaxBytes(), surroundings.memory, this);
        this.answers = new AnswerQueue(channel, surroundings.settings, this, listener.guard().tls().isPresent());
        this.openedMs = surroundings.clock.monotonicMs();
        this.lastActivityMs = openedMs;
        this.lastReadMs = openedMs;
        SaslMechanisms mechanisms = listener.guard().sasl().orElse(null);
        if (mechanisms == null) {
            this.sasl = null;
            this.isLetIn = listener.guard().tls().isEmpty();
        } else {
            this.sasl = new SaslGate(mechanisms, channel, surroundings, this);
            intake.limitTo(Math.min(mechanisms.requestMaxBytes(), surroundings.settings.requestMaxBytes()));
        }
    }

    /// A connection that is already gone when it is accepted has no addresses.
    private static InetSocketAddress addressOf(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress known ? known : new InetSocketAddress(0);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String listenerName() {
        return listener.name();
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public boolean isByToken() {
        return isByToken;
    }

    @Override
    public boolean isClosed() {
        return channel.closeFuture().isDone();
    }

    /// Pauses overlap when several answers say so; the last one to end lets it go on.
    @Override
    public void pause(long ms) {
        if (0 < ms) {
            onLoop(() -> {
                pauses++;
                setReading(false);
                var _ = channel.eventLoop().schedule(this::endPause, ms, TimeUnit.MILLISECONDS);
            });
        }
    }

    private void endPause() {
        pauses--;
        lastActivityMs = surroundings.clock.monotonicMs();
        lastReadMs = lastActivityMs;
        if (pauses == 0 && !isClosed) {
            intake.resume(channel.alloc());
        }
    }

    @Override
    public void onClose(Runnable task) {
        var _ = channel.closeFuture().addListener(closed -> task.run());
    }

    /// The address by number: a look-up of its name would block the loop.
    @Override
    public String toString() {
        return remoteAddress.getAddress().getHostAddress() + ":" + remoteAddress.getPort() + " (" + listenerName()
                + ")";
    }

    ByteBuf nextReadBuffer(ByteBufAllocator allocator) {
        return intake.nextReadBuffer(allocator);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastReadMs = surroundings.clock.monotonicMs();
        lastActivityMs = lastReadMs;
        intake.onRead((ByteBuf) message, channel.alloc());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            answers.send();
            intake.resume(channel.alloc());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        isClosed = true;
        intake.close();
        answers.close();
    }

    /// How a TLS handshake has ended, which comes before anything that was encrypted.
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            return;
        }
        if (handshake.isSuccess()) {
            if (sasl == null) {
                TlsPeer.principalOf(listener, channel)
                        .ifPresentOrElse(this::letIn, () -> refuse(
                                "no rule of 'ssl.principal.mapping.rules' fits the name in its certificate"));
            }
        } else if (TlsPeer.isWorthALine(handshake.cause())) {
            refuse(TlsPeer.describe(handshake.cause()));
        } else {
            close();
        }
    }

    private void letIn(Principal who) {
        principal = who;
        isLetIn = true;
    }

    /// A reset connection is everyday life, and a failed handshake was told of; anything else is worth a line.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || (cause instanceof DecoderException && !isLetIn)) {
            LOG.debug("connection {} failed: {}", this, cause.toString());
        } else if (cause instanceof DecoderException) {
            refuse("what it sends is not the TLS that was agreed on");
        } else {
            LOG.error("connection {} is closed after an unexpected failure", this, cause);
        }
        close();
    }

    @Override
    public boolean isReady() {
        return pauses == 0 && !isDraining && !isClosed && channel.isOpen() && answers.hasRoom();
    }

    @Override
    public void setReading(boolean isReading) {
        channel.config().setAutoRead(isReading && pauses == 0 && !isDraining);
    }

    @Override
    public void onBroken(String reason) {
        refuse(reason);
    }

    @Override
    public void onRefused(String reason) {
        refuse(reason);
    }

    private void refuse(String reason) {
        surroundings.complaints.warn("connection " + this + " closed: " + reason);
        close();
    }

    @Override
    public void onFrame(Frame frame) {
        SaslGate gate = sasl;
        if (gate != null) {
            if (gate.isRaw()) {
                gate.onRawMessage(frame);
                return;
            }
            if (gate.admit(frame.toNioBuffer()) == SaslSession.Admission.CLOSE) {
                frame.release();
                refuse(isLetIn ? "its time is over, and it does not show again who it is" : "not let in yet");
                return;
            }
        }
        switch (surroundings.decoder.decode(frame.toNioBuffer(), this)) {
            case Decoded.Understood(Request request) -> handle(request, frame);
            case Decoded.UnsupportedApiVersions(int correlationId) -> {
                Exchange exchange = new Exchange(ApiKeys.API_VERSIONS, (short) 0, correlationId, frame, answers,
                        channel);
                answers.add(exchange);
                exchange.respond(surroundings.supported.unsupportedVersionAnswer());
            }
            case Decoded.Refused(String reason) -> {
                frame.release();
                refuse(reason);
            }
        }
    }

    private void handle(Request request, Frame frame) {
        Exchange exchange = new Exchange(request, frame, answers, channel);
        answers.add(exchange);
        if (sasl != null && sasl.take(request, exchange)) {
            return;
        }
        try {
            surroundings.handler.handle(request, exchange);
        } catch (RuntimeException e) {
            LOG.error("{} v{} from {} could not be handled; closing the connection", request.api().name,
                    request.version(), this, e);
            close();
        }
    }

    @Override
    public void onAuthenticated() {
        SaslGate gate = Objects.requireNonNull(sasl);
        principal = Objects.requireNonNull(gate.principal());
        isByToken = gate.isByToken();
        isLetIn = true;
        intake.limitTo(surroundings.settings.requestMaxBytes());
    }

    @Override
    public void onNotAuthenticated(String reason) {
        surroundings.complaints.warn("connection " + this + " is not let in: " + reason);
        drain();
    }

    @Override
    public void onRoom() {
        lastActivityMs = surroundings.clock.monotonicMs();
        if (isDraining && answers.isEmpty()) {
            close();
        } else {
            intake.resume(channel.alloc());
        }
    }

    @Override
    public void onMemoryGranted() {
        onLoop(() -> {
            lastReadMs = surroundings.clock.monotonicMs();
            intake.onMemoryGranted(channel.alloc());
        });
    }

    @Override
    public void onEvicted(String reason) {
        onLoop(this::close);
    }

    /// Takes no more requests; closes when the last answer is out.
    void drain() {
        isDraining = true;
        if (answers.isEmpty()) {
            close();
        } else {
            setReading(false);
        }
    }

    /// Closes the connection if its time is over: a frame that stalls, or nothing going on.
    void closeIfOverdue() {
        NetworkSettings settings = surroundings.settings;
        long nowMs = surroundings.clock.monotonicMs();
        noteSendProgress(nowMs);
        if (!isLetIn && AUTHENTICATION_LIMIT_MS <= nowMs - openedMs) {
            refuse("it has not shown who it is within " + AUTHENTICATION_LIMIT_MS + " ms");
            return;
        }
        boolean isReading = intake.isMidFrame() && !intake.isWaitingForMemory();
        if (isReading && channel.config().isAutoRead() && settings.frameStallMs() <= nowMs - lastReadMs) {
            refuse("no byte for " + (nowMs - lastReadMs) + " ms after " + intake.describeProgress());
        } else if (settings.idleMs() <= nowMs - lastActivityMs
                && (answers.isEmpty() ? !intake.isMidFrame() : answers.isBlockedByClient())) {
            LOG.debug("connection {} closed: idle for {} ms", this, nowMs - lastActivityMs);
            close();
        }
    }

    /// Bytes of a large answer that go out are activity too.
    private void noteSendProgress(long nowMs) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        long progress = unsent == null
                ? 0
                : unsent.currentProgress() + unsent.totalPendingWriteBytes()
                        + System.identityHashCode(unsent.current());
        if (progress != lastSendProgress) {
            lastSendProgress = progress;
            lastActivityMs = nowMs;
        }
    }

    private void close() {
        var _ = channel.close();
    }

    private void onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException theLoopsHaveEnded) {
            LOG.debug("connection {} outlived its loop", this);
        }
    }
}
