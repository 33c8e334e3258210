package io.girok.network;

/// The network's limits. Immutable.
///
/// @param requestMaxBytes largest frame taken (`socket.request.max.bytes`)
/// @param requestMemoryBytes memory of all frames together, being received or being handled
/// (`queued.max.request.bytes`); at least twice `requestMaxBytes`, because a frame that grows is copied
/// @param requestsInFlightMax requests of one connection that may wait for their answers before reading stops
/// @param requestBytesInFlightMax bytes of such requests
/// @param unsentBytesMax bytes of answers that may wait for one client to read before reading from it stops
/// @param idleMs a connection without traffic and without open requests is closed (`connections.max.idle.ms`)
/// @param frameStallMs a frame that was begun and gets no byte for this long ends its connection
/// @param sendBufferBytes socket buffer (`socket.send.buffer.bytes`), -1 for the system's choice
/// @param receiveBufferBytes socket buffer (`socket.receive.buffer.bytes`), -1 for the system's choice
/// @param failedAuthenticationDelayMs how long an answer is held back that a client is not let in
/// (`connection.failed.authentication.delay.ms`)
/// @param backlog connections that may wait to be accepted (`socket.listen.backlog.size`): of a burst of more, some
/// would try again a second later only
public record NetworkSettings(int requestMaxBytes, long requestMemoryBytes, int requestsInFlightMax,
        int requestBytesInFlightMax, int unsentBytesMax, ConnectionSettings connections, long idleMs, long frameStallMs,
        int sendBufferBytes, int receiveBufferBytes, int backlog, int failedAuthenticationDelayMs) {

    private static final int MIB = 1024 * 1024;

    public static final NetworkSettings DEFAULTS = new NetworkSettings(100 * MIB, 256L * MIB, 64, 32 * MIB, MIB,
            ConnectionSettings.UNLIMITED, 600_000, 30_000, -1, -1, 1_024, 100);

    public NetworkSettings {
        if (requestMaxBytes < 1 || requestMemoryBytes < 2L * requestMaxBytes) {
            throw new IllegalArgumentException("the memory for requests, " + requestMemoryBytes
                    + " bytes, must be at least twice the largest request, " + requestMaxBytes + " bytes");
        }
        if (requestsInFlightMax < 1 || requestBytesInFlightMax < 1 || unsentBytesMax < 1) {
            throw new IllegalArgumentException("the network's limits must be at least 1");
        }
    }

    public NetworkSettings withRequestBytes(int requestMaxBytes, long requestMemoryBytes) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }

    public NetworkSettings withInFlight(int requestsInFlightMax, int requestBytesInFlightMax) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }

    public NetworkSettings withTimeouts(long idleMs, long frameStallMs) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }

    public NetworkSettings withConnections(ConnectionSettings connections) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }

    public NetworkSettings withSocketBuffers(int sendBufferBytes, int receiveBufferBytes, int backlog) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }

    public NetworkSettings withFailedAuthenticationDelay(int failedAuthenticationDelayMs) {
        return new NetworkSettings(requestMaxBytes, requestMemoryBytes, requestsInFlightMax, requestBytesInFlightMax,
                unsentBytesMax, connections, idleMs, frameStallMs, sendBufferBytes, receiveBufferBytes, backlog,
                failedAuthenticationDelayMs);
    }
}
