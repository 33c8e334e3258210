package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// To which log directory logs have gone that were in this one: an empty file for each,
/// `girok-moved.<directory id>.<topic id>.<partition>`. Thread-safe.
public final class MovedMarks {
    private static final Logger LOGGER = LoggerFactory.getLogger(MovedMarks.class);
    private static final String FILE = "girok-moved.";

    private final Disk disk;
    private final Path directory;
    private final Map<PartitionId, TopicId> moved = new ConcurrentHashMap<>();

    /// @param files in the directory
    public MovedMarks(Disk disk, Path directory, List<String> files) {
        this.disk = disk;
        this.directory = directory;
        files.stream().filter(file -> file.startsWith(FILE)).forEach(this::read);
    }

    private void read(String file) {
        // The partition comes last: behind a dash it would make the file that of a partition.
        String[] parts = file.substring(FILE.length()).split("\\.", -1);
        if (parts.length == 3) {
            try {
                moved.put(new PartitionId(TopicId.parse(parts[1]), Integer.parseInt(parts[2])),
                        TopicId.parse(parts[0]));
            } catch (IllegalArgumentException e) {
                LOGGER.warn("log directory '{}': '{}' names no partition", directory, file);
            }
        }
    }

    public Path file(PartitionId id, TopicId to) {
        return directory.resolve(FILE + to + "." + id.topic() + "." + id.index());
    }

    /// The id of the directory that it went to; null when it did not.
    @Nullable
    public TopicId find(PartitionId id) {
        return moved.get(id);
    }

    /// The ids of the directories that each went to.
    public Map<PartitionId, TopicId> all() {
        return Map.copyOf(moved);
    }

    /// Durable when this returns.
    public synchronized void add(PartitionId id, TopicId to) throws IOException {
        moved.put(id, to);
        disk.open(file(id, to), Disk.Access.WRITE).close();
        disk.syncDirectory(directory);
    }

    /// From here on it is not found; the file stays until [#remove].
    ///
    /// @return the id of the directory that it went to; null when it did not
    @Nullable
    public TopicId forget(PartitionId id) {
        return moved.remove(id);
    }

    /// Removes the files of those that were forgotten, unless they have come back and left again since.
    ///
    /// @param forgotten and the ids of the directories that they went to
    public synchronized void remove(Map<PartitionId, TopicId> forgotten) throws IOException {
        boolean isChanged = false;
        for (Map.Entry<PartitionId, TopicId> each : forgotten.entrySet()) {
            boolean isBack = each.getValue().equals(moved.get(each.getKey()));
            isChanged |= !isBack && disk.delete(file(each.getKey(), each.getValue()));
        }
        if (isChanged) {
            disk.syncDirectory(directory);
        }
    }
}
