package io.girok.cli;

import io.girok.base.Disk;
import io.girok.files.MetaProperties;
import io.girok.log.SegmentInspector;
import io.girok.repair.Repair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the segments that paths on the command line mean: a segment itself, a partition's directory, or a log
/// directory with partitions in it; but not what a repair has set aside there. Stateless.
final class LogFiles {
    private static final int MAX_DEPTH = 4;
    private static final String SEGMENT_NAME = "\\d{20}\\.log";

    private LogFiles() {}

    /// In the order given; a path without a segment is a [Failure], unless it is a log directory.
    static List<Path> segments(Disk disk, List<Path> paths) {
        List<Path> segments = new ArrayList<>();
        for (Path path : paths) {
            int before = segments.size();
            if (!disk.exists(path)) {
                throw Failure.of("there is no '" + path + "'");
            } else if (disk.isDirectory(path)) {
                collect(disk, path, MAX_DEPTH, segments);
            } else if (String.valueOf(path.getFileName()).matches(SEGMENT_NAME)) {
                segments.add(path);
            }
            if (segments.size() == before && !isLogDirectory(disk, path)) {
                throw Failure.of("no segment (20 digits and '.log') at '" + path + "'");
            }
        }
        return segments;
    }

    static boolean isLogDirectory(Disk disk, Path path) {
        return disk.exists(path.resolve(MetaProperties.FILE_NAME));
    }

    /// The last two parts of the path: partition and file.
    static String shortName(Path segment) {
        int names = segment.getNameCount();
        return segment.subpath(Math.max(0, names - 2), names).toString();
    }

    static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private static void collect(Disk disk, Path directory, int depth, List<Path> segments) {
        segments.addAll(SegmentInspector.segments(disk, directory));
        if (depth == 0) {
            return;
        }
        try {
            for (String name : disk.list(directory)) {
                Path child = directory.resolve(name);
                if (disk.isDirectory(child) && !name.startsWith(Repair.ASIDE_PREFIX)) {
                    collect(disk, child, depth - 1, segments);
                }
            }
        } catch (IOException e) {
            throw Failure.of(String.valueOf(e.getMessage()));
        }
    }
}
