package io.girok.log;

import io.girok.files.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Holds the files of a world's partition against each other.
final class SegmentCheck {
    private SegmentCheck() {}

    static List<SegmentInspector.Problem> problems(LogWorld world) {
        Path directory = LogWorld.PATH.resolve(LogWorld.NAME.toString());
        List<SegmentInspector.Problem> problems = new ArrayList<>();
        if (!world.disk.isDirectory(directory)) {
            return problems;
        }
        for (Path segment : SegmentInspector.segments(world.disk, directory)) {
            problems.addAll(SegmentInspector.of(world.disk, segment).verify());
        }
        SegmentFiles.indexesWithoutLog(files(world))
                .forEach(file -> problems.add(new SegmentInspector.Problem(file, 0, "index without a log")));
        return problems;
    }

    static List<String> files(LogWorld world) {
        try {
            return world.disk.list(LogWorld.PATH.resolve(LogWorld.NAME.toString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
