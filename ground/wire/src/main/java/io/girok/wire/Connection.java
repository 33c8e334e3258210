package io.girok.wire;

import io.girok.base.Principal;
import java.net.InetSocketAddress;

/// The client's end of a request. Thread-safe.
public interface Connection {
    /// Unique among the connections of this process.
    long id();

    /// The address of ours that the client used to reach us.
    InetSocketAddress localAddress();

    InetSocketAddress remoteAddress();

    /// The listener's name, upper case: `PLAINTEXT`.
    String listenerName();

    /// Who the client has shown itself to be; the same for as long as requests are taken from it.
    Principal principal();

    /// Whether the client has shown a delegation token in place of what its owner is known by.
    default boolean isByToken() {
        return false;
    }

    /// Whether it is this process that asks itself, which is not authorized.
    default boolean isOurOwn() {
        return false;
    }

    /// Whether another node has passed the request on, and says whose it is.
    default boolean isForwarded() {
        return false;
    }

    /// Whether it is known to have closed: nobody reads what is answered.
    default boolean isClosed() {
        return false;
    }

    /// Takes no request for so many milliseconds, because the client has used more than its quota.
    default void pause(long ms) {}

    /// Runs `task` once when the connection has closed (at once when it already has), on any thread.
    void onClose(Runnable task);
}
