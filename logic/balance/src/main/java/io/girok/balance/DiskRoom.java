package io.girok.balance;

import io.girok.base.FreeSpace;

/// How much of a disk copies may take that are moved to it. Stateless.
///
/// What brokers keep free (`log.dir.min.free.bytes`) is not used up by moves, and neither is a tenth of the disk beside
/// it: what is there already goes on to grow.
public final class DiskRoom {
    private static final int RESERVE_SHARE = 10;

    private DiskRoom() {}

    /// In bytes; less than 0 where more should be free than is.
    ///
    /// @param totalBytes 0 or less when it is not known
    /// @param floorBytes less than 0 for what suits the disk, as for brokers
    public static long of(long usableBytes, long totalBytes, long floorBytes) {
        long floor = floorBytes < 0
                ? FreeSpace.suitableFloor(totalBytes <= 0 ? Long.MAX_VALUE : totalBytes)
                : floorBytes;
        return usableBytes - floor - Math.max(0, totalBytes) / RESERVE_SHARE;
    }
}
