package io.girok.files;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// The segments in a log's directory, as they are found from outside while the log may be in use.
public final class SegmentFiles {
    private SegmentFiles() {}

    /// The bytes of a log's segments. What goes while it is looked at, be it the whole directory, does not count.
    /// Blocks.
    ///
    /// @param directory of the log
    public static long sizeInBytes(Disk disk, Path directory) throws IOException {
        long bytes = 0;
        try {
            for (String file : disk.list(directory)) {
                if (FileNames.offset(file, FileNames.LOG).isPresent()) {
                    bytes += sizeUnlessGone(disk, directory.resolve(file));
                }
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return bytes;
    }

    /// The indexes among the files of a log's directory whose segment is gone, because its removal was cut short.
    public static List<String> indexesWithoutLog(List<String> files) {
        Set<String> all = Set.copyOf(files);
        return files.stream()
                .filter(file -> FileNames.INDEXES.stream()
                        .map(ending -> FileNames.offset(file, ending))
                        .flatMapToLong(OptionalLong::stream)
                        .anyMatch(offset -> !all.contains(FileNames.of(offset, FileNames.LOG))))
                .toList();
    }

    /// The bytes of a file, none if it is gone by now.
    public static long sizeUnlessGone(Disk disk, Path file) throws IOException {
        try {
            return disk.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
