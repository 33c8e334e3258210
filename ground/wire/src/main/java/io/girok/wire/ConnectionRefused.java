package io.girok.wire;

import java.io.IOException;

/// The machine at an address says that nobody listens there: the process behind it is gone. Silence, and a way that is
/// cut, say nothing of the kind.
public final class ConnectionRefused extends IOException {
    public ConnectionRefused(NodeAddress address, Throwable cause) {
        super("nobody listens at " + address, cause);
    }
}
