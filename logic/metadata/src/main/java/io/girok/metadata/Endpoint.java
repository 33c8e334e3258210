package io.girok.metadata;

/// An address at which a broker is reached. Immutable.
///
/// @param listener the listener's name, upper case
/// @param host empty: whatever address the client used
public record Endpoint(String listener, String host, int port) {
    /// Whether clients are told the address that they used themselves.
    public boolean isAsReached() {
        return host.isEmpty();
    }
}
