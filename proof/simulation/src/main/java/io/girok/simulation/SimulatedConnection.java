package io.girok.simulation;

import io.girok.base.FileSlice;
import io.girok.base.Principal;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.Connection;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.Decoded;
import io.girok.wire.EncodedResponse;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Request;
import io.girok.wire.RequestDecoder;
import io.girok.wire.RequestEncoder;
import io.girok.wire.Responder;
import io.girok.wire.ResponseEncoder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// One connection of a [SimulatedNetwork], both ends. Requests and answers travel as bytes, as they do in production.
/// Owned by the world's thread.
final class SimulatedConnection implements PeerConnection {
    /// Who opened it.
    record End(Host host, Host.Incarnation process) {}

    private record Waiting(ApiKeys api, short version, Answer answer, Timers.Scheduled limit) {}

    private final SimulatedNetwork network;
    private final long id;
    private final End client;
    private final Host server;
    private final Shard owner;
    private final SimulatedNetwork.Pipe there;
    private final SimulatedNetwork.Pipe back;
    private final Map<Integer, Waiting> waiting = new LinkedHashMap<>();
    private final List<Consumer<IOException>> closeListeners = new ArrayList<>();
    private @Nullable ServerEnd serverEnd;
    private @Nullable IOException closeCause;
    private int correlationId;

    SimulatedConnection(SimulatedNetwork network, long id, End client, Host server, Shard owner) {
        this.network = network;
        this.id = id;
        this.client = client;
        this.server = server;
        this.owner = owner;
        this.there = network.new Pipe(client.host(), server);
        this.back = network.new Pipe(server, client.host());
    }

    void connect() {
        there.send(() -> {
            SimulatedNetwork.Server listening = network.server(server);
            if (listening == null) {
                back.send(() -> end(new ConnectionRefused(new NodeAddress(server.name(), SimulatedNode.PORT),
                        new ConnectException("refused"))));
            } else {
                int shard = (int) (id % listening.shards().size());
                serverEnd = new ServerEnd(listening, listening.shards().get(shard));
            }
        });
    }

    boolean isOver() {
        ServerEnd end = serverEnd;
        return closeCause != null && (end == null || end.isClosed);
    }

    @Override
    public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
        IOException closed = closeCause;
        if (closed != null) {
            owner.execute(() -> answer.onFailure(closed));
            return;
        }
        int number = ++correlationId;
        ByteBuffer frame = RequestEncoder.encode(api, version, number, body, ByteBuffer::allocate)
                .flip()
                .position(Integer.BYTES);
        Timers.Scheduled limit = owner.schedule(limitMs, () -> {
            if (waiting.containsKey(number)) {
                end(new IOException("no answer to " + api.name + " within " + limitMs + " ms"));
            }
        });
        waiting.put(number, new Waiting(api, version, answer, limit));
        there.send(() -> {
            ServerEnd end = serverEnd;
            if (end != null) {
                end.receive(frame);
            }
        });
    }

    private void answered(int number, byte[] bytes) {
        owner.execute(() -> {
            Waiting request = waiting.remove(number);
            if (request == null) {
                return;
            }
            request.limit().cancel();
            request.answer()
                    .onAnswer(RequestEncoder.decodeAnswer(request.api(), request.version(), ByteBuffer.wrap(bytes)));
        });
    }

    private void end(IOException cause) {
        if (closeCause != null) {
            return;
        }
        closeCause = cause;
        there.send(() -> {
            ServerEnd end = serverEnd;
            if (end != null) {
                end.close();
            }
        });
        List<Waiting> failed = List.copyOf(waiting.values());
        waiting.clear();
        owner.execute(() -> {
            for (Waiting request : failed) {
                request.limit().cancel();
                request.answer().onFailure(cause);
            }
            closeListeners.forEach(listener -> listener.accept(cause));
        });
    }

    @Override
    public void onClose(Consumer<IOException> listener) {
        IOException closed = closeCause;
        if (closed == null) {
            closeListeners.add(listener);
        } else {
            owner.execute(() -> listener.accept(closed));
        }
    }

    @Override
    public boolean isClosed() {
        return closeCause != null;
    }

    @Override
    public void close() {
        end(new IOException("closed here"));
    }

    /// A process has ended, perhaps one of the two that are connected.
    void processEnded(Host host, Host.Incarnation process) {
        ServerEnd end = serverEnd;
        if (client.process() == process) {
            closeCause = closeCause == null ? new IOException("this process has ended") : closeCause;
            there.send(() -> {
                ServerEnd reached = serverEnd;
                if (reached != null) {
                    reached.close();
                }
            });
        }
        if (end != null && end.listening.process() == process) {
            end.isClosed = true;
            back.send(() -> end(new IOException("the connection was reset by " + host.name())));
        }
    }

    /// The server's end: hands requests over and sends the answers in their order.
    private final class ServerEnd implements Connection {
        private final SimulatedNetwork.Server listening;
        private final SimulatedShard shard;
        private final Deque<Slot> slots = new ArrayDeque<>();
        private final List<Runnable> closeTasks = new ArrayList<>();
        private boolean isClosed;

        ServerEnd(SimulatedNetwork.Server listening, SimulatedShard shard) {
            this.listening = listening;
            this.shard = shard;
        }

        void receive(ByteBuffer frame) {
            if (isClosed || !listening.process().isAlive()) {
                return;
            }
            shard.execute(() -> {
                if (isClosed) {
                    return;
                }
                if (new RequestDecoder(listening.supported()).decode(frame,
                        this) instanceof Decoded.Understood(Request request)) {
                    Slot slot = new Slot(request);
                    slots.add(slot);
                    listening.handler().handle(request, slot);
                } else {
                    throw new AssertionError("a request of ours is not understood");
                }
            });
        }

        void flush() {
            while (!slots.isEmpty() && slots.element().isDone) {
                Slot done = slots.remove();
                byte[] bytes = done.bytes;
                if (bytes != null) {
                    back.send(() -> answered(done.request.correlationId(), bytes));
                }
            }
        }

        void close() {
            if (isClosed) {
                return;
            }
            isClosed = true;
            back.send(() -> end(new IOException("closed by " + server.name())));
            shard.execute(() -> closeTasks.forEach(Runnable::run));
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092);
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
        }

        @Override
        public String listenerName() {
            return "PLAINTEXT";
        }

        @Override
        public Principal principal() {
            return Principal.ANONYMOUS;
        }

        @Override
        public boolean isClosed() {
            return isClosed;
        }

        @Override
        public void onClose(Runnable task) {
            if (isClosed) {
                shard.execute(task);
            } else {
                closeTasks.add(task);
            }
        }

        /// The place of an answer.
        private final class Slot implements Responder {
            private final Request request;
            private boolean isDone;
            private byte @Nullable [] bytes;

            Slot(Request request) {
                this.request = request;
            }

            @Override
            public void respond(ApiMessage body) {
                EncodedResponse encoded = ResponseEncoder.encode(request.api(), request.version(),
                        request.correlationId(), body, ByteBuffer::allocate);
                try {
                    finish(bytesOf(encoded));
                } catch (IOException e) {
                    // The log was cut before the answer was sent.
                    closeConnection(e.toString());
                }
            }

            @Override
            public void respondNothing() {
                finish(null);
            }

            @Override
            public void closeConnection(String reason) {
                finish(null);
                close();
            }

            private void finish(byte @Nullable [] answer) {
                if (isDone) {
                    throw new AssertionError(request.api() + " is answered twice");
                }
                isDone = true;
                bytes = answer;
                if (!isClosed) {
                    flush();
                }
            }
        }
    }

    private static byte[] bytesOf(EncodedResponse encoded) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.sizeInBytes());
        try {
            for (EncodedResponse.Chunk chunk : encoded.chunks()) {
                switch (chunk) {
                    case EncodedResponse.Chunk.Own(int from, int to) -> bytes.put(encoded.own().slice(from, to - from));
                    case EncodedResponse.Chunk.Memory(ByteBuffer memory) -> bytes.put(memory.duplicate());
                    case EncodedResponse.Chunk.InFile(FileSlice slice) -> FileSlices.copy(slice, bytes);
                }
            }
        } finally {
            encoded.release();
        }
        byte[] whole = new byte[bytes.position() - Integer.BYTES];
        bytes.get(Integer.BYTES, whole);
        return whole;
    }
}
