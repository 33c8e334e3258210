package io.girok.wire;

/// Where another node listens. Immutable.
public record NodeAddress(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
