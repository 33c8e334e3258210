package io.girok.network;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Looks now and then at the connections of one loop and closes those whose time is over. Owned by the loop; sleeps
/// while there are none.
final class ConnectionSweep {
    private static final long MAX_PERIOD_MS = 5_000;

    private final EventLoop loop;
    private final long periodMs;
    private final Set<ClientConnection> connections = new HashSet<>();
    private boolean isScheduled;

    ConnectionSweep(EventLoop loop, NetworkSettings settings) {
        this.loop = loop;
        long shortestMs = Math.min(settings.idleMs(), settings.frameStallMs());
        this.periodMs = Math.max(1, Math.min(MAX_PERIOD_MS, shortestMs / 4));
    }

    void add(ClientConnection connection) {
        connections.add(connection);
        scheduleNext();
    }

    void remove(ClientConnection connection) {
        connections.remove(connection);
    }

    /// From any thread.
    void drain() {
        loop.execute(() -> all().forEach(ClientConnection::drain));
    }

    private void sweep() {
        isScheduled = false;
        all().forEach(ClientConnection::closeIfOverdue);
        if (!connections.isEmpty()) {
            scheduleNext();
        }
    }

    /// Closing a connection removes it, so loops run over a copy.
    private List<ClientConnection> all() {
        return new ArrayList<>(connections);
    }

    private void scheduleNext() {
        if (!isScheduled) {
            isScheduled = true;
            var _ = loop.schedule(this::sweep, periodMs, TimeUnit.MILLISECONDS);
        }
    }
}
