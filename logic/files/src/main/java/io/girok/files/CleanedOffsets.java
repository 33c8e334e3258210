package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far each compacted log of a directory is clean, in Apache Kafka's `cleaner-offset-checkpoint`. Thread-safe.
///
/// Nothing is lost with the file but work: what it does not speak of is cleaned again.
public final class CleanedOffsets {
    public static final String FILE = "cleaner-offset-checkpoint";

    private static final Logger LOGGER = LoggerFactory.getLogger(CleanedOffsets.class);
    private static final int FIELDS = 3;

    private final Disk disk;
    private final Path directory;
    private final Map<PartitionName, Long> offsets = new ConcurrentHashMap<>();
    /// What the file says. Guarded by this.
    private final Map<PartitionName, Long> written = new HashMap<>();

    public CleanedOffsets(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    public synchronized void read() throws IOException {
        Path path = directory.resolve(FILE);
        try {
            for (String[] fields : Checkpoint.read(disk, path, FIELDS)) {
                long offset = Checkpoint.number(fields[2], path);
                FileNames.partition(fields[0] + "-" + fields[1]).ifPresent(name -> written.put(name, offset));
            }
        } catch (CorruptLog e) {
            LOGGER.warn("{}; the compacted logs of '{}' are cleaned from their beginning", e.getMessage(), directory);
        }
        offsets.putAll(written);
    }

    /// Everything of the log below is clean.
    public long of(PartitionName name) {
        return offsets.getOrDefault(name, 0L);
    }

    /// The logs that something is known of.
    public Set<PartitionName> names() {
        return Set.copyOf(offsets.keySet());
    }

    /// Takes note, durably.
    public synchronized void set(PartitionName name, long offset) throws IOException {
        offsets.put(name, offset);
        write();
    }

    /// What is clean ends at `offset` at most: what is above is cut, and others will take its place.
    public synchronized void lower(PartitionName name, long offset) throws IOException {
        offsets.computeIfPresent(name, (same, known) -> Math.min(known, offset));
        if (offset < written.getOrDefault(name, 0L)) {
            write();
        }
    }

    public void remove(PartitionName name) {
        offsets.remove(name);
    }

    private void write() throws IOException {
        Map<PartitionName, Long> writing = new HashMap<>(offsets);
        List<String> lines = new ArrayList<>(writing.size());
        writing.forEach((name, offset) -> lines.add(name.topic() + " " + name.index() + " " + offset));
        Checkpoint.write(disk, directory.resolve(FILE), lines);
        disk.syncDirectory(directory);
        written.clear();
        written.putAll(writing);
    }
}
