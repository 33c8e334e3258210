package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.TopicId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Whose a log directory is: its `meta.properties`. Immutable.
public record MetaProperties(String clusterId, int nodeId, TopicId directoryId) {
    public static final String FILE_NAME = "meta.properties";

    private static final String VERSION = "version";
    private static final String CLUSTER_ID = "cluster.id";
    private static final String NODE_ID = "node.id";
    private static final String DIRECTORY_ID = "directory.id";

    /// What a log directory says of itself; empty when it was never used. Opens nothing else and takes no lock.
    ///
    /// @throws StorageFailed when the file cannot be read or makes no sense
    public static Optional<MetaProperties> read(Disk disk, Path directory) {
        Path path = directory.resolve(FILE_NAME);
        try {
            Optional<List<String>> lines = TextFile.readLines(disk, path);
            return lines.isEmpty() ? Optional.empty() : Optional.of(parse(path, lines.get()));
        } catch (IOException e) {
            throw new StorageFailed(StorageFailed.Scope.DIRECTORY,
                    "log directory '" + directory + "' cannot be used: " + StorageFailed.reason(e), e);
        }
    }

    private static MetaProperties parse(Path path, List<String> lines) throws CorruptLog {
        Map<String, String> values = new TreeMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && 0 < equals) {
                values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
        }
        if (!"1".equals(values.get(VERSION))) {
            throw new CorruptLog("'" + path + "' has version '" + values.get(VERSION) + "', where 1 is known");
        }
        try {
            return new MetaProperties(value(values, CLUSTER_ID, path),
                    Integer.parseInt(value(values, NODE_ID, path)),
                    TopicId.parse(value(values, DIRECTORY_ID, path)));
        } catch (IllegalArgumentException e) {
            throw new CorruptLog("'" + path + "' makes no sense: " + e.getMessage());
        }
    }

    /// Those of a directory that cannot be read.
    public static MetaProperties unknown() {
        return new MetaProperties("", -1, TopicId.ZERO);
    }

    private static String value(Map<String, String> values, String key, Path path) throws CorruptLog {
        String value = values.get(key);
        if (value == null) {
            throw new CorruptLog("'" + path + "' lacks '" + key + "'");
        }
        return value;
    }

    public void write(Disk disk, Path directory) throws IOException {
        TextFile.replace(
                disk,
                directory.resolve(FILE_NAME),
                List.of(
                        VERSION + "=1",
                        CLUSTER_ID + "=" + clusterId,
                        NODE_ID + "=" + nodeId,
                        DIRECTORY_ID + "=" + directoryId));
        disk.syncDirectory(directory);
    }

    /// Those of `path`, made if it has none yet.
    ///
    /// @throws DirectoryRefused when it belongs to another cluster or node
    public static MetaProperties identify(Path path, String clusterId, int nodeId, Disk disk,
            Supplier<TopicId> newIds)
            throws IOException {
        Optional<MetaProperties> found = read(disk, path);
        if (found.isEmpty()) {
            MetaProperties created = new MetaProperties(clusterId, nodeId, newIds.get());
            created.write(disk, path);
            return created;
        }
        MetaProperties known = found.get();
        if (!known.clusterId().equals(clusterId) || known.nodeId() != nodeId) {
            throw new DirectoryRefused("log directory '" + path + "' belongs to node " + known.nodeId()
                    + " of cluster '" + known.clusterId() + "', and this is node " + nodeId + " of cluster '"
                    + clusterId + "': set log.dirs to another directory");
        }
        return known;
    }
}
