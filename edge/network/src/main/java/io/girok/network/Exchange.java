package io.girok.network;

import io.girok.base.Invariant;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.ResponseEncoder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// One request and its answer to be. The answer may come from any thread, once; everything else is owned by the
/// connection's loop.
final class Exchange implements Responder, Runnable, ChannelFutureListener {
    /// What the handler decided.
    sealed interface Outcome {
        record Answer(ApiMessage body) implements Outcome {}

        record Nothing() implements Outcome {}

        record Close(String reason) implements Outcome {}
    }

    private static final Outcome NOTHING = new Outcome.Nothing();

    final ApiKeys api;
    final short version;
    final int correlationId;
    final int sizeBytes;
    private final AnswerQueue queue;
    private final Channel channel;
    private final AtomicBoolean isAnswered = new AtomicBoolean();
    private @Nullable Frame frame;
    private volatile @Nullable Outcome outcome;
    private boolean isSettled;

    Exchange(Request request, Frame frame, AnswerQueue queue, Channel channel) {
        this(request.api(), request.version(), request.correlationId(), frame, queue, channel);
    }

    Exchange(ApiKeys api, short version, int correlationId, Frame frame, AnswerQueue queue, Channel channel) {
        this.api = api;
        this.version = version;
        this.correlationId = correlationId;
        this.frame = frame;
        this.sizeBytes = frame.lengthBytes();
        this.queue = queue;
        this.channel = channel;
    }

    @Override
    public void respond(ApiMessage body) {
        settle(new Outcome.Answer(body));
    }

    @Override
    public void respondNothing() {
        settle(NOTHING);
    }

    @Override
    public void closeConnection(String reason) {
        settle(new Outcome.Close(reason));
    }

    private void settle(Outcome decided) {
        if (!isAnswered.compareAndSet(false, true)) {
            releaseBody(decided);
            throw Invariant.violated(api.name + " request was answered twice");
        }
        outcome = decided;
        if (channel.eventLoop().inEventLoop()) {
            run();
            return;
        }
        try {
            channel.eventLoop().execute(this);
        } catch (RejectedExecutionException theLoopsHaveEnded) {
            discard();
        }
    }

    /// On the loop, once the handler has decided.
    @Override
    public void run() {
        isSettled = true;
        queue.onSettled(this);
    }

    /// Whether the answer, if one is due, can be sent.
    boolean isSettled() {
        return isSettled;
    }

    Outcome outcome() {
        Outcome decided = outcome;
        if (decided == null) {
            throw Invariant.violated(api.name + " request is sent before it was answered");
        }
        return decided;
    }

    /// Frees the request's bytes; they are not needed once the answer is encoded.
    void releaseFrame() {
        if (frame != null) {
            frame.release();
            frame = null;
        }
    }

    /// Drops an answer that nobody will get.
    void discard() {
        releaseBody(outcome());
        releaseFrame();
    }

    private static void releaseBody(Outcome decided) {
        if (decided instanceof Outcome.Answer(ApiMessage body)) {
            ResponseEncoder.release(body);
        }
    }

    /// The answer's last byte went out, or will never.
    @Override
    public void operationComplete(ChannelFuture sent) {
        if (sent.isSuccess()) {
            queue.onSent(this);
        } else {
            var _ = sent.channel().close();
        }
    }
}
