package io.girok.network;

import io.girok.wire.EncodedResponse;
import io.girok.wire.ResponseEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The requests of a connection that are not answered yet, in the order of their coming, which is the order of their
/// answers. Owned by the connection's loop.
///
/// An answer is encoded only when the socket can take it, so a client that does not read holds at most one answer and
/// [NetworkSettings#unsentBytesMax] of encoded bytes; the requests behind stay values.
final class AnswerQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerQueue.class);

    /// What an encrypted connection sends before others have their turn.
    private static final int TURN_BYTES = 1024 * 1024;
    /// So much is copied out of files to go in one write, and one packet or few, with what is around it: to send a file
    /// costs a system call of its own, and whoever receives it in pieces is woken for each.
    private static final int MAX_COPIED_BYTES = 32 * 1024;

    /// The connection.
    interface Owner {
        /// An answer has been sent in full: there is room for another request.
        void onRoom();

        /// A request can't be answered in its protocol.
        void onRefused(String reason);
    }

    private final Channel channel;
    private final NetworkSettings settings;
    private final Owner owner;
    private final boolean isEncrypted;
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>(4);
    private int openCount;
    private long openBytes;
    /// On an encrypted connection: being written, part by part.
    private @Nullable AnswerInParts unfinished;
    private boolean isSending;
    private boolean isClosed;

    AnswerQueue(Channel channel, NetworkSettings settings, Owner owner, boolean isEncrypted) {
        this.channel = channel;
        this.settings = settings;
        this.owner = owner;
        this.isEncrypted = isEncrypted;
    }

    /// No request is open: every answer is out.
    boolean isEmpty() {
        return openCount == 0;
    }

    /// Whether the connection may add another request.
    boolean hasRoom() {
        return openCount < settings.requestsInFlightMax() && openBytes < settings.requestBytesInFlightMax()
                && channel.isWritable();
    }

    /// Whether the next answer is there and only the client's reading is missing.
    boolean isBlockedByClient() {
        return openCount != 0 && (unfinished != null || waiting.isEmpty() || waiting.peek().isSettled());
    }

    void add(Exchange exchange) {
        waiting.add(exchange);
        openCount++;
        openBytes += exchange.sizeBytes;
    }

    void onSettled(Exchange exchange) {
        if (isClosed) {
            exchange.discard();
        } else {
            send();
        }
    }

    /// Sends what is due and what the socket takes.
    void send() {
        if (isSending) {
            return;
        }
        isSending = true;
        try {
            if (isEncrypted) {
                sendInParts();
                return;
            }
            while (canSend()) {
                while (canSend()) {
                    write(waiting.remove());
                }
                channel.flush();
            }
        } finally {
            isSending = false;
        }
    }

    /// Lets other connections of the loop have their turn after so many bytes: encrypting takes its time.
    private void sendInParts() {
        int turnBytes = 0;
        while (canWritePart() && turnBytes < TURN_BYTES) {
            while (canWritePart() && turnBytes < TURN_BYTES) {
                turnBytes += writePart();
            }
            channel.flush();
        }
        if (canWritePart()) {
            channel.eventLoop().execute(this::send);
        }
    }

    private boolean canWritePart() {
        return unfinished == null ? canSend() : !isClosed && channel.isWritable();
    }

    private int writePart() {
        AnswerInParts answer = unfinished;
        if (answer == null) {
            write(waiting.remove());
            return 0;
        }
        int size;
        try {
            size = answer.writeNext();
        } catch (IOException e) {
            discardUnfinished();
            unreadable(e);
            return 0;
        }
        if (answer.isWritten()) {
            unfinished = null;
        }
        return size;
    }

    private void discardUnfinished() {
        if (unfinished != null) {
            unfinished.discard();
            unfinished = null;
        }
    }

    void onSent(Exchange exchange) {
        openCount--;
        openBytes -= exchange.sizeBytes;
        if (!isClosed) {
            owner.onRoom();
        }
    }

    /// Drops the answers that are ready; the others are dropped when their handler answers, because until then the
    /// requests' bytes are the handler's.
    void close() {
        isClosed = true;
        for (Exchange exchange : waiting) {
            if (exchange.isSettled()) {
                exchange.discard();
            }
        }
        waiting.clear();
        discardUnfinished();
    }

    private boolean canSend() {
        Exchange next = waiting.peek();
        return !isClosed && next != null && next.isSettled() && channel.isWritable();
    }

    private void write(Exchange exchange) {
        switch (exchange.outcome()) {
            case Exchange.Outcome.Answer(ApiMessage body) -> writeAnswer(exchange, body);
            case Exchange.Outcome.Nothing() -> {
                exchange.releaseFrame();
                onSent(exchange);
            }
            case Exchange.Outcome.Close(String reason) -> {
                exchange.releaseFrame();
                channel.flush();
                owner.onRefused(reason);
            }
        }
    }

    private void writeAnswer(Exchange exchange, ApiMessage body) {
        OwnMemory memory = new OwnMemory();
        EncodedResponse answer;
        try {
            answer = ResponseEncoder.encode(exchange.api, exchange.version, exchange.correlationId, body,
                    memory::allocate);
        } catch (RuntimeException e) {
            LOG.error("{} v{}: the answer can't be encoded; closing connection {}", exchange.api.name,
                    exchange.version, channel.remoteAddress(), e);
            memory.release();
            exchange.releaseFrame();
            owner.onRefused("no answer");
            return;
        }
        exchange.releaseFrame();
        ChannelPromise sent = channel.newPromise().addListener(exchange);
        if (isEncrypted) {
            unfinished = new AnswerInParts(channel, answer.chunks(), memory.buffer, sent);
        } else if (hasLittleInFiles(answer.chunks())) {
            writeAll(new AnswerInParts(channel, answer.chunks(), memory.buffer, sent));
        } else {
            writeChunks(answer.chunks(), memory, sent);
        }
        memory.release();
    }

    private static boolean hasLittleInFiles(List<EncodedResponse.Chunk> chunks) {
        long bytes = 0;
        for (EncodedResponse.Chunk chunk : chunks) {
            bytes += chunk instanceof EncodedResponse.Chunk.InFile(var slice) ? slice.size() : 0;
        }
        return 0 < bytes && bytes <= MAX_COPIED_BYTES;
    }

    private void writeAll(AnswerInParts answer) {
        try {
            while (!answer.isWritten()) {
                answer.writeNext();
            }
        } catch (IOException e) {
            answer.discard();
            unreadable(e);
        }
    }

    private void unreadable(IOException cause) {
        LOG.error("an answer can't be read from its file; closing connection {}", channel.remoteAddress(), cause);
        owner.onRefused("no answer");
    }

    private void writeChunks(List<EncodedResponse.Chunk> chunks, OwnMemory memory, ChannelPromise sent) {
        int last = chunks.size() - 1;
        for (int i = 0; i <= last; i++) {
            Object message = switch (chunks.get(i)) {
                case EncodedResponse.Chunk.Own(int from, int to) -> memory.slice(from, to);
                case EncodedResponse.Chunk.Memory(var bytes) -> Unpooled.wrappedBuffer(bytes);
                case EncodedResponse.Chunk.InFile(var slice) -> FileRegions.of(slice);
            };
            var _ = channel.write(message, i == last ? sent : channel.voidPromise());
        }
    }

    /// The buffer that an answer is encoded into; each chunk of it holds a reference.
    private final class OwnMemory {
        private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

        ByteBuffer allocate(int size) {
            buffer = channel.alloc().directBuffer(size, size);
            return buffer.nioBuffer(0, size);
        }

        ByteBuf slice(int from, int to) {
            return buffer.retainedSlice(from, to - from);
        }

        void release() {
            buffer.release();
        }
    }
}
