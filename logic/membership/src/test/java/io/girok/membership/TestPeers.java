package io.girok.membership;

import io.girok.base.Principal;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.wire.Connection;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Other nodes, each of which listens, is cut off, or has no process any more. Owned by the test.
final class TestPeers implements Peers {
    private static final String HOST = "node-";

    private final Map<Integer, RequestHandler> listening = new HashMap<>();
    private final Map<Integer, IOException> unreachable = new HashMap<>();
    private final List<Link> links = new ArrayList<>();

    static NodeAddress addressOf(int nodeId) {
        return new NodeAddress(HOST + nodeId, 9092);
    }

    /// From now on the node answers so.
    void listen(int nodeId, RequestHandler handler) {
        unreachable.remove(nodeId);
        listening.put(nodeId, handler);
    }

    /// What is sent to the node is never answered.
    void cut(int nodeId) {
        unreachable.remove(nodeId);
        listening.put(nodeId, (request, responder) -> {});
    }

    /// This machine knows no way to the node, and says so at once.
    void blackhole(int nodeId) {
        unreachable.put(nodeId, new ConnectException("connect(..) failed with error(-22): Invalid argument"));
    }

    /// The node's process is gone: its connections are closed, and nobody listens.
    void end(int nodeId) {
        unreachable.put(nodeId, new ConnectionRefused(addressOf(nodeId), new ConnectException("refused")));
        closeConnections(nodeId);
    }

    void closeConnections(int nodeId) {
        List.copyOf(links).stream().filter(link -> link.nodeId == nodeId).forEach(Link::closeThere);
    }

    long connectionCount(int nodeId) {
        return links.stream().filter(link -> link.nodeId == nodeId).count();
    }

    @Override
    public PeerConnection open(NodeAddress address, Shard owner) {
        Link link = new Link(Integer.parseInt(address.host().substring(HOST.length())), owner);
        links.add(link);
        IOException failure = unreachable.get(link.nodeId);
        if (failure != null) {
            owner.execute(() -> link.end(failure));
        }
        return link;
    }

    private final class Link implements PeerConnection, Connection {
        private final int nodeId;
        private final Shard owner;
        private final Map<Answer, Timers.Scheduled> waiting = new HashMap<>();
        private final List<Consumer<IOException>> listeners = new ArrayList<>();
        private final List<Runnable> serverListeners = new ArrayList<>();
        private IOException ended;

        Link(int nodeId, Shard owner) {
            this.nodeId = nodeId;
            this.owner = owner;
        }

        @Override
        public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
            if (ended != null) {
                owner.execute(() -> answer.onFailure(ended));
                return;
            }
            waiting.put(answer, owner.schedule(limitMs, () -> end(new IOException("no answer in time"))));
            owner.execute(() -> {
                if (ended == null && unreachable.get(nodeId) == null) {
                    listening.get(nodeId).handle(new Request(api, version, 0, "test", body, this), responder(answer));
                }
            });
        }

        private Responder responder(Answer answer) {
            return new Responder() {
                @Override
                public void respond(ApiMessage body) {
                    owner.execute(() -> {
                        Timers.Scheduled limit = waiting.remove(answer);
                        if (limit != null) {
                            limit.cancel();
                            answer.onAnswer(body);
                        }
                    });
                }

                @Override
                public void respondNothing() {
                    throw new AssertionError("everything is answered");
                }

                @Override
                public void closeConnection(String reason) {
                    closeThere();
                }
            };
        }

        void closeThere() {
            end(new IOException("closed by node " + nodeId));
        }

        private void end(IOException cause) {
            if (ended != null) {
                return;
            }
            ended = cause;
            links.remove(this);
            List<Answer> failed = List.copyOf(waiting.keySet());
            waiting.values().forEach(Timers.Scheduled::cancel);
            waiting.clear();
            owner.execute(() -> {
                failed.forEach(answer -> answer.onFailure(cause));
                listeners.forEach(listener -> listener.accept(cause));
                serverListeners.forEach(Runnable::run);
            });
        }

        @Override
        public void onClose(Consumer<IOException> listener) {
            listeners.add(listener);
        }

        @Override
        public boolean isClosed() {
            return ended != null;
        }

        @Override
        public void close() {
            end(new IOException("closed here"));
        }

        @Override
        public long id() {
            return System.identityHashCode(this);
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress(9092);
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress(50_000);
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
        public void onClose(Runnable task) {
            serverListeners.add(task);
        }
    }
}
