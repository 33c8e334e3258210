package io.girok.network;

import io.girok.base.Invariant;

/// What one frame holds of the [RequestMemory], and what it did to deserve it. Guarded by the memory's lock, but for
/// the count of received bytes, which the connection's loop writes.
final class FrameClaim {
    /// The connection that the frame comes from; called by any thread, must not block.
    interface Owner {
        /// The bytes the claim waited for are its own now.
        void onMemoryGranted();

        /// The memory is needed by others: the connection is to be closed, and the claim with it.
        void onEvicted(String reason);
    }

    final int announcedBytes;
    final FrameKind kind;
    final Owner owner;
    private final long startedMs;
    private volatile int receivedBytes;

    int heldBytes;
    int wantedBytes;
    boolean isComplete;
    boolean isEvicted;
    private boolean isWaiting;
    private long waitingSinceMs;
    private long waitedMs;

    /// @param announcedBytes the frame's length prefix
    FrameClaim(int announcedBytes, Owner owner, long nowMs) {
        this.announcedBytes = announcedBytes;
        this.kind = FrameKind.of(announcedBytes);
        this.owner = owner;
        this.startedMs = nowMs;
    }

    void received(int bytes) {
        receivedBytes = bytes;
    }

    int receivedBytes() {
        return receivedBytes;
    }

    int missingBytes() {
        return announcedBytes - receivedBytes;
    }

    void startWaiting(int bytes, long nowMs) {
        Invariant.check(!isWaiting, "a frame waits for memory twice");
        isWaiting = true;
        wantedBytes = bytes;
        waitingSinceMs = nowMs;
    }

    void stopWaiting(long nowMs) {
        isWaiting = false;
        wantedBytes = 0;
        waitedMs += nowMs - waitingSinceMs;
    }

    boolean isWaiting() {
        return isWaiting;
    }

    long waitingMs(long nowMs) {
        return isWaiting ? nowMs - waitingSinceMs : 0;
    }

    /// How long the client could have sent: the time since the frame began, without the time it waited for memory.
    long readingMs(long nowMs) {
        return nowMs - startedMs - waitedMs - waitingMs(nowMs);
    }

    long bytesPerSecond(long nowMs) {
        return receivedBytes * 1_000L / Math.max(1, readingMs(nowMs));
    }
}
