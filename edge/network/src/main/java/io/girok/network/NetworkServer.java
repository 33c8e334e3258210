package io.girok.network;

import io.girok.base.Clock;
import io.girok.wire.RequestHandler;
import io.girok.wire.SupportedApis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The sockets of a broker: accepts connections, reads requests, sends answers. Thread-safe.
public final class NetworkServer implements AutoCloseable {
    private NetworkServer() {}

    /// Binds all listeners or none.
    public static NetworkServer start(List<Listener> listeners, NettyShards shards, SupportedApis supported,
            RequestHandler handler, NetworkSettings settings, Clock clock) throws IOException {
        return new NetworkServer();
    }

    /// In the order of the listeners given.
    public List<BoundListener> listeners() {
        return List.of();
    }

    /// Closes the listening sockets; connections stay.
    public void stopAccepting() {}

    /// Takes no further requests, sends the answers that are due, and closes each connection after its last; true when
    /// all were closed within the time.
    public boolean drain(Duration timeout) {
        return true;
    }

    /// Closes everything at once. The loops stay.
    @Override
    public void close() {}
}
