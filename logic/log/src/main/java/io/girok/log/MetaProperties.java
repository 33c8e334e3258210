package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.TopicId;
import java.nio.file.Path;
import java.util.Optional;

/// Whose a log directory is: its `meta.properties`. Immutable.
public record MetaProperties(String clusterId, int nodeId, TopicId directoryId) {
    public static final String FILE_NAME = "meta.properties";

    /// What a log directory says of itself; empty when it was never used. Opens nothing else and takes no lock.
    ///
    /// @throws StorageFailed when the file cannot be read or makes no sense
    @SuppressWarnings("DoNotCallSuggester") // the body follows
    public static Optional<MetaProperties> read(Disk disk, Path directory) {
        throw new UnsupportedOperationException(disk.toString() + directory);
    }
}
