package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One entry of `log.dirs`: its lock, identity, checkpoints and partitions. Thread-safe.
@SuppressWarnings("DoNotCallSuggester") // signatures first; the bodies follow
public final class LogDirectory implements AutoCloseable {
    /// Takes the directory into use, creating it if need be. Blocks.
    ///
    /// @throws DirectoryRefused when another process has it, or it belongs to another cluster or node
    /// @throws StorageFailed when the disk fails
    public static LogDirectory open(Path path, String clusterId, int nodeId, LogEnvironment environment) {
        throw new UnsupportedOperationException(path + clusterId + nodeId + environment);
    }

    public Path path() {
        throw new UnsupportedOperationException();
    }

    public TopicId directoryId() {
        throw new UnsupportedOperationException();
    }

    /// Whether the last stop was clean, so that nothing needs to be checked.
    public boolean wasClosedClean() {
        throw new UnsupportedOperationException();
    }

    /// Opens the partition's log or creates it. Blocks when there is something to recover: call it off the shard, for
    /// many partitions in parallel. The store is the shard's from then on.
    ///
    /// A directory of that name left by a deleted topic of another id is set aside as `<name>.<id>-stray`.
    ///
    /// @throws StorageFailed when the partition (or the directory) cannot be used
    /// @throws IllegalArgumentException when the name is not one of a topic
    public PartitionStore openPartition(PartitionName name, TopicId topic, LogSettings settings, Shard shard) {
        throw new UnsupportedOperationException(name + "" + topic + settings + shard);
    }

    /// The partitions that have a directory here, open or not. Blocks.
    public List<PartitionName> partitionsOnDisk() {
        throw new UnsupportedOperationException();
    }

    /// Deletes a partition, open or not: its directory is renamed at once and removed after `file.delete.delay.ms`. An
    /// open store of it refuses everything from here on. Blocks shortly.
    public void delete(PartitionName name) {
        throw new UnsupportedOperationException(name.toString());
    }

    /// Notes how far each log has come, so that a crash costs little. Called every minute or so, from any thread; the
    /// work runs on the blocking pool.
    public void checkpoint() {
        throw new UnsupportedOperationException();
    }

    /// Told once, when the directory goes offline, on any thread. Told at once if it is offline already.
    public void onFailure(Consumer<StorageFailed> listener) {
        throw new UnsupportedOperationException(listener.toString());
    }

    /// Why the directory is offline, if it is.
    public Optional<StorageFailed> failure() {
        throw new UnsupportedOperationException();
    }

    /// The bytes a broker may still write here.
    public long usableBytes() {
        throw new UnsupportedOperationException();
    }

    /// Closes every store, writes the checkpoints and the mark of a clean stop, and gives up the lock. Blocks; nothing
    /// may use the stores any more.
    public void closeClean() {
        throw new UnsupportedOperationException();
    }

    /// Gives up lock and files, as a crash would; the next open recovers.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
