package io.girok.network;

import io.girok.base.Clock;
import io.girok.base.Invariant;
import io.girok.base.Timers;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The one bound on the memory that request frames hold in the whole process, while they are received and while they
/// are handled. Thread-safe.
public final class RequestMemory {
    /*
     * A length prefix is a claim, not a fact: memory is counted when it is really reserved, and a frame reserves in
     * steps, at most twice what has arrived (Frame). So 150 connections that announce 99 MiB each and dribble cost what
     * they have sent, not 15 GiB. What they have sent can fill the bound all the same; then three rules keep others
     * alive.
     *
     * 1. Each kind of frame has a ceiling (FrameKind): big ones may fill 3/4 of the memory, modest ones 15/16, tiny
     *    ones all of it.
     * 2. A frame that finds no room waits; its connection is not read meanwhile, and nothing is dropped. Room that
     *    comes free goes to tiny frames first, then to modest and to big ones; in each kind to the one that misses
     *    least, because it is complete soonest and gives back all it holds.
     * 3. While somebody waits, frames that are incomplete and slow are evicted: their connections end. Slow is less
     *    than 1 MiB/s, over at least a second in which the client could have sent (time spent waiting for memory does
     *    not count). Big frames go before modest ones, the slowest first. When nobody is slow but somebody has waited
     *    two seconds, and incomplete frames hold most of the memory, they block each other: the one that misses most
     *    goes.
     *
     * A frame that is complete is never evicted: it belongs to the handler until it is answered.
     */
    static final long SLOW_BYTES_PER_SECOND = 1024 * 1024;
    static final long GRACE_MS = 1_000;
    static final long DEADLOCK_MS = 2_000;
    private static final long CHECK_MS = 100;

    private final long limitBytes;
    private final Clock clock;
    private final Timers timers;
    private final RateLimitedLog evictions;

    private final Set<FrameClaim> incomplete = new HashSet<>();
    /// By kind, the smallest first.
    private final EnumMap<FrameKind, Set<FrameClaim>> waitersByKind = new EnumMap<>(FrameKind.class);
    private long usedBytes;
    private long peakBytes;
    private long leavingBytes;
    private boolean isCheckDue;

    /// @param timers run the search for slow frames while somebody waits
    RequestMemory(long limitBytes, Clock clock, Timers timers) {
        this.limitBytes = limitBytes;
        this.clock = clock;
        this.timers = timers;
        for (FrameKind kind : FrameKind.values()) {
            waitersByKind.put(kind, new LinkedHashSet<>());
        }
        this.evictions = new RateLimitedLog(LoggerFactory.getLogger(RequestMemory.class), clock);
    }

    /// Begins to count a frame; it holds nothing yet.
    synchronized FrameClaim open(int announcedBytes, FrameClaim.Owner owner) {
        FrameClaim claim = new FrameClaim(announcedBytes, owner, clock.monotonicMs());
        if (claim.kind != FrameKind.TINY) {
            incomplete.add(claim);
        }
        return claim;
    }

    /// Takes `bytes` for the frame now (true), or has it wait until its owner is told.
    synchronized boolean acquire(FrameClaim claim, int bytes) {
        Set<FrameClaim> waiters = waitersLike(claim);
        if (waiters.isEmpty() && fits(claim, bytes)) {
            take(claim, bytes);
            return true;
        }
        claim.startWaiting(bytes, clock.monotonicMs());
        waiters.add(claim);
        grantWaiters();
        scheduleCheck();
        return false;
    }

    /// Gives back a part of what the frame holds.
    synchronized void release(FrameClaim claim, int bytes) {
        giveBack(claim, bytes);
        grantWaiters();
    }

    /// All bytes of the frame have arrived: it can't be evicted any more.
    synchronized void complete(FrameClaim claim) {
        claim.isComplete = true;
        incomplete.remove(claim);
        if (claim.isEvicted) {
            leavingBytes -= claim.heldBytes;
            claim.isEvicted = false;
        }
    }

    /// The frame is gone; gives back all it holds.
    synchronized void close(FrameClaim claim) {
        if (claim.isWaiting()) {
            waitersLike(claim).remove(claim);
            claim.stopWaiting(clock.monotonicMs());
        }
        incomplete.remove(claim);
        giveBack(claim, claim.heldBytes);
        grantWaiters();
    }

    /// Whether so much is in use that frames should reserve in small steps.
    synchronized boolean isTight() {
        return limitBytes / 2 <= usedBytes;
    }

    /// Bytes held by all frames.
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /// The most that was ever held; never more than the limit.
    public synchronized long peakBytes() {
        return peakBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }

    /// Frames that wait for room.
    public synchronized int waitingCount() {
        int count = 0;
        for (Set<FrameClaim> waiters : waitersByKind.values()) {
            count += waiters.size();
        }
        return count;
    }

    private Set<FrameClaim> waitersLike(FrameClaim claim) {
        return Objects.requireNonNull(waitersByKind.get(claim.kind));
    }

    private boolean fits(FrameClaim claim, int bytes) {
        return usedBytes + bytes <= claim.kind.ceiling(limitBytes);
    }

    private void take(FrameClaim claim, int bytes) {
        usedBytes += bytes;
        claim.heldBytes += bytes;
        if (claim.isEvicted) {
            leavingBytes += bytes;
        }
        peakBytes = Math.max(peakBytes, usedBytes);
        Invariant.check(usedBytes <= limitBytes, "request frames hold more memory than their limit");
    }

    private void giveBack(FrameClaim claim, int bytes) {
        Invariant.check(bytes <= claim.heldBytes, "a frame gives back more memory than it holds");
        usedBytes -= bytes;
        claim.heldBytes -= bytes;
        if (claim.isEvicted) {
            leavingBytes -= bytes;
        }
    }

    private void grantWaiters() {
        for (Set<FrameClaim> waiters : waitersByKind.values()) {
            grantWaiters(waiters);
        }
    }

    private void grantWaiters(Set<FrameClaim> waiters) {
        for (FrameClaim first = firstOf(waiters); first != null
                && fits(first, first.wantedBytes); first = firstOf(waiters)) {
            waiters.remove(first);
            take(first, first.wantedBytes);
            first.stopWaiting(clock.monotonicMs());
            first.owner.onMemoryGranted();
        }
    }

    private static @Nullable FrameClaim firstOf(Set<FrameClaim> waiters) {
        FrameClaim first = null;
        for (FrameClaim waiter : waiters) {
            if (first == null || waiter.missingBytes() < first.missingBytes()) {
                first = waiter;
            }
        }
        return first;
    }

    private void scheduleCheck() {
        if (!isCheckDue) {
            isCheckDue = true;
            timers.schedule(CHECK_MS, this::check);
        }
    }

    private synchronized void check() {
        isCheckDue = false;
        grantWaiters();
        for (Set<FrameClaim> waiters : waitersByKind.values()) {
            makeRoom(waiters);
        }
        if (0 < waitingCount()) {
            scheduleCheck();
        }
    }

    private void makeRoom(Set<FrameClaim> waiters) {
        FrameClaim first = firstOf(waiters);
        if (first == null) {
            return;
        }
        long nowMs = clock.monotonicMs();
        boolean isBlocked = waiters.stream().anyMatch(waiter -> DEADLOCK_MS <= waiter.waitingMs(nowMs))
                && usedBytes / 2 <= incomplete.stream().mapToLong(claim -> claim.heldBytes).sum();
        while (first.kind.ceiling(limitBytes) < usedBytes - leavingBytes + first.wantedBytes) {
            FrameClaim victim = slowest(nowMs);
            if (victim == null && isBlocked) {
                victim = leastComplete();
            }
            if (victim == null) {
                return;
            }
            evict(victim, nowMs);
        }
    }

    private @Nullable FrameClaim slowest(long nowMs) {
        Comparator<FrameClaim> bigAndSlowFirst = Comparator
                .comparing((FrameClaim claim) -> claim.kind)
                .reversed()
                .thenComparingLong(claim -> claim.bytesPerSecond(nowMs));
        return victim(
                claim -> GRACE_MS <= claim.readingMs(nowMs) && claim.bytesPerSecond(nowMs) < SLOW_BYTES_PER_SECOND,
                bigAndSlowFirst);
    }

    private @Nullable FrameClaim leastComplete() {
        return victim(claim -> true, Comparator.comparingInt(claim -> -claim.missingBytes()));
    }

    private @Nullable FrameClaim victim(Predicate<FrameClaim> condition, Comparator<FrameClaim> order) {
        return incomplete.stream()
                .filter(claim -> !claim.isEvicted && 0 < claim.heldBytes)
                .filter(condition)
                .min(order)
                .orElse(null);
    }

    private void evict(FrameClaim victim, long nowMs) {
        victim.isEvicted = true;
        leavingBytes += victim.heldBytes;
        String reason = "a request of " + victim.announcedBytes + " bytes, " + victim.receivedBytes() + " received at "
                + victim.bytesPerSecond(nowMs) + " bytes/s, gives up its memory to others: "
                + "all requests together hold " + usedBytes + " of " + limitBytes + " bytes";
        victim.owner.onEvicted(reason);
        evictions.warn("connection closed: " + reason);
    }
}
