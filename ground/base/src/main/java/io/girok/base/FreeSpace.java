package io.girok.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The room that a log directory's disk has left, and whether clients may still write to it
/// (`log.dir.min.free.bytes`). Thread-safe: every shard asks before it appends.
///
/// ```
///            less than the floor is left, or a write found no room (one warning)
///   ROOMY ───────────────────────────────────────────────────────────────────────▶ SHORT
///         ◀───────────────────────────────────────────────────────────────────────
///            a look at the disk finds the floor kept, and no write found no room lately (one line)
/// ```
public final class FreeSpace {
    // Asking the disk is a system call, so what it said last is kept for a second, and what was written since counts
    // against it. The append that finds the last look too old sets the next one off on the blocking pool and does not
    // wait for it, unless it would be refused otherwise: that one looks itself.

    /// The floor that suits the disk: [#DEFAULT_FLOOR_BYTES], or a small share of a small disk.
    public static final long AUTOMATIC = -1;

    private static final Logger LOGGER = LoggerFactory.getLogger(FreeSpace.class);
    private static final long DEFAULT_FLOOR_BYTES = 64L * 1024 * 1024;
    private static final int DEFAULT_FLOOR_SHARE = 20;
    private static final long LOOK_INTERVAL_MS = 1_000;
    /// Less than this beside what a write needs, and the write failed for want of room.
    private static final long FULL_BYTES = 1024 * 1024;
    /// So long a disk that found no room counts as short of it where there are bytes: a quota may be used up, or the
    /// inodes, and no look tells when that is over.
    private static final long HOLD_MS = 30_000;
    /// Once scarce, so many percent of the floor have to be free: others lead meanwhile, and need not come and go.
    private static final int PLENTY_PERCENTAGE = 125;

    /// @param writtenBefore what had been written by then
    private record Look(long usableBytes, long writtenBefore, long atMs) {}

    private final Path directory;
    private final Disk disk;
    private final Clock clock;
    private final Executor blockingPool;
    private final SpaceReserve reserve;
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private final AtomicBoolean isShort = new AtomicBoolean();
    private volatile long floorBytes;
    private volatile Look last;
    private volatile boolean isScarce;
    private volatile long heldUntilMs;

    /// Without a floor, until [#keepFree].
    public FreeSpace(Path directory, Disk disk, Clock clock, Executor blockingPool) {
        this.directory = directory;
        this.disk = disk;
        this.clock = clock;
        this.blockingPool = blockingPool;
        this.reserve = new SpaceReserve(disk, directory);
        this.last = new Look(Long.MAX_VALUE, 0, clock.monotonicMs() - LOOK_INTERVAL_MS);
        this.heldUntilMs = clock.monotonicMs();
    }

    /// Whether `failure` came for want of room, on the disk that holds `directory`. Where it does not say so itself,
    /// the disk is asked whether it has less left than was needed; what a failed sync has lost, no room brings back.
    public static boolean isFull(IOException failure, Disk disk, Path directory, long neededBytes) {
        return failure instanceof DiskFull
                || (!(failure instanceof SyncFailed) && isFull(disk, directory, neededBytes));
    }

    /// Whether a write of so many bytes to the disk that holds `directory` fails for want of room.
    public static boolean isFull(Disk disk, Path directory, long neededBytes) {
        try {
            return disk.usableBytes(directory) < neededBytes + FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether there is no room, or a write found none lately although there are bytes. Asks the disk.
    public boolean isFull() {
        return isHeld() || isFull(disk, directory, 0);
    }

    private boolean isHeld() {
        return clock.monotonicMs() < heldUntilMs;
    }

    /// Sets the floor and looks at the disk.
    ///
    /// @param bytes 0 for none, [#AUTOMATIC]
    public void keepFree(long bytes) throws IOException {
        floorBytes = bytes == AUTOMATIC ? suitableFloor(disk.totalBytes(directory)) : bytes;
        look();
    }

    /// What [#AUTOMATIC] stands for on a disk of that size.
    public static long suitableFloor(long totalBytes) {
        return Math.min(DEFAULT_FLOOR_BYTES, totalBytes / DEFAULT_FLOOR_SHARE);
    }

    public long floorBytes() {
        return floorBytes;
    }

    /// Whether the floor leaves room for clients' records. An append may go past it by its own size.
    public boolean admitsClients() {
        return keeps(floorBytes);
    }

    /// Whether there is room for what is copied from other brokers. It may use half of what clients must leave free;
    /// the rest is for the metadata, without which this broker would be lost to the others.
    public boolean admitsReplicas() {
        return keeps(floorBytes / 2);
    }

    /// Whether others had better lead what is here, for want of room: from the moment clients are refused, or a look
    /// finds less than the floor, until there is a quarter more than that. Sets the next look off.
    public boolean isScarce() {
        lookIfDue();
        return isScarce;
    }

    /// Whether the floor is kept after so many bytes more, by a look at the disk where the last one is too old. Unlike
    /// the others, a refusal is no news of the disk: whoever asks may ask for more than anybody else writes. May block.
    public boolean leavesFloorAfter(long bytes) {
        if (isDue() && isLooking.compareAndSet(false, true)) {
            lookAndGoOn();
        }
        return bytes <= freeBytes() - floorBytes;
    }

    private boolean keeps(long floor) {
        if (floor == 0 && !isShort.get()) {
            return true;
        }
        if (floor <= freeBytes()) {
            lookIfDue();
            return true;
        }
        if (isDue() && isLooking.compareAndSet(false, true)) {
            lookAndGoOn();
            if (floor <= freeBytes()) {
                return true;
            }
        }
        warnOnce("has less than " + floor + " bytes free (log.dir.min.free.bytes)");
        return false;
    }

    /// What is left by the last look and what was written since.
    public long freeBytes() {
        Look seen = last;
        return seen.usableBytes - (writtenBytes.get() - seen.writtenBefore);
    }

    /// So many bytes went to the disk.
    public void wrote(long bytes) {
        writtenBytes.addAndGet(bytes);
    }

    /// A write found no room, whatever the floor is.
    public void noteFull(IOException failure) {
        if (hasBytes()) {
            heldUntilMs = clock.monotonicMs() + HOLD_MS;
        }
        warnOnce("is full: " + failure.getMessage());
    }

    private boolean hasBytes() {
        try {
            return Math.max(floorBytes, FULL_BYTES) <= disk.usableBytes(directory);
        } catch (IOException e) {
            return false;
        }
    }

    private void warnOnce(String what) {
        isScarce = true;
        if (!isShort.get() && isShort.compareAndSet(false, true)) {
            LOGGER.warn(
                    "the disk of log directory '{}' {}: producers are asked to try again until there is room; reads, "
                            + "deletions and committed offsets go on",
                    directory, what);
        }
    }

    /// Looks at the disk in the background, if the last look is too old.
    public void lookIfDue() {
        if (isDue() && isLooking.compareAndSet(false, true)) {
            blockingPool.execute(this::lookAndGoOn);
        }
    }

    private boolean isDue() {
        return LOOK_INTERVAL_MS <= clock.monotonicMs() - last.atMs;
    }

    /// What cannot be seen is taken to be as it was.
    private void lookAndGoOn() {
        try {
            look();
        } catch (IOException e) {
            LOGGER.warn("log directory '{}': {}", directory, e.getMessage());
            last = new Look(last.usableBytes, last.writtenBefore, clock.monotonicMs());
        } finally {
            isLooking.set(false);
        }
    }

    private synchronized void look() throws IOException {
        long written = writtenBytes.get();
        long usable = disk.usableBytes(directory);
        long floor = floorBytes;
        if (reserve.isWanted(floor, usable)) {
            blockingPool.execute(() -> reserve.fill(floor));
        }
        last = new Look(usable, written, clock.monotonicMs());
        long needed = Math.max(floor, FULL_BYTES);
        boolean isHeld = isHeld();
        boolean hasRoom = needed <= usable && !isHeld;
        isScarce = isScarce ? isHeld || usable < needed / 100 * PLENTY_PERCENTAGE : usable < floor;
        if (hasRoom && isShort.compareAndSet(true, false)) {
            LOGGER.info("the disk of log directory '{}' has {} bytes free again: producers may write", directory,
                    usable);
        }
    }
}
