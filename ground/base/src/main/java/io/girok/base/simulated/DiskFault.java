package io.girok.base.simulated;

import java.nio.file.Path;
import java.util.function.Predicate;

/// A failure planted in a [MemoryDisk]. Immutable.
///
/// @param operation what fails
/// @param nth which one fails from now on, among those whose path fits; 1 is the next
/// @param isLasting whether all later ones fail too
/// @param bytesBefore of a write: how many bytes still reach the file
/// @param isForWantOfRoom whether the disk says that it is full, or a quota used up, whatever it says when it is asked
/// @param paths the files it is about
public record DiskFault(DiskOperation operation, int nth, boolean isLasting, int bytesBefore, boolean isForWantOfRoom,
        Predicate<Path> paths) {
    /// The nth from now fails; the rest goes well.
    public static DiskFault nth(DiskOperation operation, int nth) {
        return new DiskFault(operation, nth, false, 0, false, path -> true);
    }

    /// The next one fails; the rest goes well.
    public static DiskFault next(DiskOperation operation) {
        return nth(operation, 1);
    }

    /// Every one fails, from the nth on.
    public DiskFault lasting() {
        return new DiskFault(operation, nth, true, bytesBefore, isForWantOfRoom, paths);
    }

    /// A write gets as far as `bytes` before it fails.
    public DiskFault after(int bytes) {
        return new DiskFault(operation, nth, isLasting, bytes, isForWantOfRoom, paths);
    }

    /// It fails as on a full disk.
    public DiskFault forWantOfRoom() {
        return new DiskFault(operation, nth, isLasting, bytesBefore, true, paths);
    }

    /// Only files that fit count and fail.
    public DiskFault on(Predicate<Path> paths) {
        return new DiskFault(operation, nth, isLasting, bytesBefore, isForWantOfRoom, paths);
    }

    /// Only files with this ending count and fail.
    public DiskFault onEnding(String ending) {
        return on(path -> path.toString().endsWith(ending));
    }
}
