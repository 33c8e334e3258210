package io.girok.files;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Directories whose names outlive a crash.
public final class DurableDirectories {
    private DurableDirectories() {}

    /// Creates what is missing of `path`. Blocks.
    public static void create(Path path, Disk disk) throws IOException {
        List<Path> parents = new ArrayList<>();
        for (Path missing = path.toAbsolutePath(); missing != null && !disk.isDirectory(missing); missing = missing
                .getParent()) {
            Path parent = missing.getParent();
            if (parent != null) {
                parents.add(parent);
            }
        }
        disk.createDirectories(path);
        for (Path parent : parents) {
            disk.syncDirectory(parent);
        }
    }

    /// The names in a directory, which are durable by then: whoever made them may have been killed before that. Blocks.
    public static List<String> list(Path path, Disk disk) throws IOException {
        List<String> names = disk.list(path);
        disk.syncDirectory(path);
        return names;
    }
}
