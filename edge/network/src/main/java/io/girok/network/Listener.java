package io.girok.network;

/// Where the server listens, as configured. Immutable.
///
/// @param name upper case: `PLAINTEXT`
/// @param host a name or address of this machine; empty for all addresses
/// @param port 0 for any free one
public record Listener(String name, String host, int port, Guard guard, ListenerLimits limits) {
    /// One that everybody is let in at.
    public Listener(String name, String host, int port) {
        this(name, host, port, Guard.NONE, ListenerLimits.NONE);
    }
}
