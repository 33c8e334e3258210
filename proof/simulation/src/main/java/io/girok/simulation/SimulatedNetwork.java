package io.girok.simulation;

import io.girok.base.Shard;
import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.girok.wire.RequestHandler;
import io.girok.wire.SupportedApis;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Connections between hosts, like TCP's: what is sent on one arrives in order, late, or not at all while the way there
/// is cut; what is cut off arrives when the cut is healed, unless somebody has lost patience. Owned by the world's
/// thread.
final class SimulatedNetwork {
    /// Within which somebody tries again what did not get through.
    private static final int RETRY_MS = 20;
    private static final double SLOW_MESSAGE = 0.01;
    private static final int MAX_SLOW_MS = 60;

    /// A way from one host to another.
    private record Way(int from, int to) {}

    /// What listens on a host.
    ///
    /// @param shards the process's event loops
    record Server(Host.Incarnation process, List<SimulatedShard> shards, SupportedApis supported,
            RequestHandler handler) {}

    private final World world;
    private final SimulatedShard wire;
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<Integer, Server> servers = new HashMap<>();
    /// A way as often as it has been cut.
    private final List<Way> cuts = new ArrayList<>();
    private final List<SimulatedConnection> connections = new ArrayList<>();
    /// Have something that does not get through, in the order in which that was noticed.
    private final Set<Pipe> blocked = new LinkedHashSet<>();
    private long connectionCount;

    SimulatedNetwork(World world) {
        this.world = world;
        this.wire = world.newShard(world.clock(), () -> true);
    }

    World world() {
        return world;
    }

    void add(Host host) {
        hosts.put(host.name(), host);
    }

    /// A process begins to listen.
    void listen(Host host, Server server) {
        servers.put(host.id(), server);
    }

    /// What listens on `host`; null when nothing does.
    @Nullable
    Server server(Host host) {
        Server server = servers.get(host.id());
        return server != null && server.process().isAlive() ? server : null;
    }

    /// How the present process of `from` reaches others.
    Peers peers(Host from) {
        Host.Incarnation process = from.process();
        return (address, owner) -> open(from, process, address, owner);
    }

    private PeerConnection open(Host from, Host.Incarnation process, NodeAddress address, Shard owner) {
        Host to = hosts.get(address.host());
        if (to == null) {
            throw new IllegalArgumentException("no host is called " + address.host());
        }
        connections.removeIf(SimulatedConnection::isOver);
        SimulatedConnection connection = new SimulatedConnection(this, ++connectionCount,
                new SimulatedConnection.End(from, process), to, owner);
        connections.add(connection);
        connection.connect();
        return connection;
    }

    /// Nothing that `from` sends reaches `to` any more.
    void cut(Host from, Host to) {
        cuts.add(new Way(from.id(), to.id()));
    }

    /// Takes one cut back; there may be others.
    void heal(Host from, Host to) {
        cuts.remove(new Way(from.id(), to.id()));
        retry();
    }

    void heal() {
        cuts.clear();
        retry();
    }

    /// A host has its power again.
    void powered(Host host) {
        host.setPowered(true);
        retry();
    }

    private void retry() {
        List<Pipe> open = blocked.stream().filter(Pipe::isOpen).toList();
        open.forEach(blocked::remove);
        open.forEach(pipe -> pipe.pumpIn(world.between(0, RETRY_MS)));
    }

    boolean isCut(Host from, Host to) {
        return cuts.contains(new Way(from.id(), to.id()));
    }

    /// The process of `host` has ended. Who is connected to it hears so, unless its power is gone.
    void processEnded(Host host, Host.Incarnation process) {
        List.copyOf(connections).forEach(connection -> connection.processEnded(host, process));
    }

    /// One direction of a connection.
    final class Pipe {
        private record Message(long dueMs, Runnable delivery) {}

        private final Host from;
        private final Host to;
        private final Queue<Message> messages = new ArrayDeque<>();
        private long lastDueMs;
        private boolean isPumping;

        Pipe(Host from, Host to) {
            this.from = from;
            this.to = to;
        }

        void send(Runnable delivery) {
            lastDueMs = Math.max(lastDueMs, world.nowMs() + delayMs());
            messages.add(new Message(lastDueMs, delivery));
            pumpIn(lastDueMs - world.nowMs());
        }

        private void pumpIn(long ms) {
            if (!isPumping) {
                isPumping = true;
                var _ = wire.schedule(ms, this::pump);
            }
        }

        private void pump() {
            isPumping = false;
            while (!messages.isEmpty() && messages.element().dueMs() <= world.nowMs() && isOpen()) {
                messages.remove().delivery().run();
            }
            if (!messages.isEmpty()) {
                if (isOpen()) {
                    pumpIn(Math.max(0, messages.element().dueMs() - world.nowMs()));
                } else {
                    blocked.add(this);
                }
            }
        }

        private boolean isOpen() {
            return !isCut(from, to) && from.isPowered() && to.isPowered();
        }
    }

    private long delayMs() {
        return world.chance(SLOW_MESSAGE) ? world.between(2, MAX_SLOW_MS) : world.between(0, 1);
    }
}
