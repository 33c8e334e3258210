package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.CorruptLog;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets closed logs go that go on in another log directory of the broker (KIP-113), and misses them until they are known
/// to be there. Thread-safe.
///
/// Where the controller believes a replica to be, nothing means that it was never written to. So an empty file says of
/// each log that has left where it went, `girok-moved.<directory id>.<topic id>.<partition>`: it is durable before the
/// log goes, and before anything is written there. If that directory cannot be used at a start, the log counts as lost
/// here.
public final class Departures {
    private static final Logger LOGGER = LoggerFactory.getLogger(Departures.class);
    private static final String FILE = "girok-moved.";

    private final LogDirectory directory;
    private final LogEnvironment environment;
    private final Disk disk;
    /// The id of the directory that each went to.
    private final Map<PartitionId, TopicId> left = new ConcurrentHashMap<>();

    /// @param files in the directory
    Departures(LogDirectory directory, LogEnvironment environment, List<String> files) {
        this.directory = directory;
        this.environment = environment;
        this.disk = environment.disk();
        files.stream().filter(file -> file.startsWith(FILE)).forEach(this::read);
    }

    private void read(String file) {
        // The partition comes last: behind a dash it would make the file that of a partition.
        String[] parts = file.substring(FILE.length()).split("\\.", -1);
        if (parts.length == 3) {
            try {
                left.put(new PartitionId(TopicId.parse(parts[1]), Integer.parseInt(parts[2])), TopicId.parse(parts[0]));
            } catch (IllegalArgumentException e) {
                LOGGER.warn("log directory '{}': '{}' names no partition", directory.path(), file);
            }
        }
    }

    private Path file(PartitionId id, TopicId to) {
        return directory.path().resolve(FILE + to + "." + id.topic() + "." + id.index());
    }

    /// Whether the log has gone on in another directory since it was here, and the controller may not know. It may have
    /// files here, of which it was only about to be rid.
    public boolean hasLeft(PartitionId id) {
        return left.containsKey(id);
    }

    void requireHere(PartitionName name, TopicId topic) throws CorruptLog {
        PartitionId id = new PartitionId(topic, name.index());
        TopicId to = left.get(id);
        if (to != null) {
            throw new CorruptLog("log '" + name + "' has gone on in log directory " + to + " of this broker, which "
                    + "cannot be used: the partition stays offline until it can, or others lead, which it is copied "
                    + "from then; where nobody else has it, remove '" + file(id, to) + "' while the broker is stopped, "
                    + "to go on without what is there");
        }
    }

    /// Takes a closed log out that is in its place in `to`. Blocks.
    ///
    /// @throws StorageFailed when the disk fails; on one that is full nobody remembers: what goes must not need room
    public void leave(PartitionName name, TopicId topic, LogDirectory to) {
        try {
            note(new PartitionId(topic, name.index()), to.directoryId());
        } catch (IOException e) {
            if (!directory.isFull(e, 0)) {
                throw directory.failed(name, e);
            }
            LOGGER.warn("log '{}' leaves '{}' without a trace, since the disk is full: {}; should its new directory be "
                    + "gone at the next start, it is not missed", name, directory.path(), e.getMessage());
        }
        takeOut(name, topic, LogSettings.DEFAULT);
    }

    /// The log goes, wherever it is: here it begins anew should it be placed here again. Blocks.
    ///
    /// @throws StorageFailed when the disk fails
    void takeAway(PartitionName name, TopicId topic, LogSettings settings) {
        takeOut(name, topic, settings);
        forget(new PartitionId(topic, name.index()));
    }

    private void takeOut(PartitionName name, TopicId topic, LogSettings settings) {
        JournalKey key = new JournalKey(topic, name);
        try {
            directory.journal().dismiss(key::equals);
            directory.remains().discardCopyOf(key);
        } catch (IOException e) {
            throw directory.failed(name, e);
        }
        directory.delete(name, settings);
    }

    private synchronized void note(PartitionId id, TopicId to) throws IOException {
        left.put(id, to);
        disk.open(file(id, to), Disk.Access.WRITE).close();
        disk.syncDirectory(directory.path());
    }

    /// The log is here again, or begins anew. Blocks.
    ///
    /// @throws StorageFailed when the disk fails
    public void forget(PartitionId id) {
        TopicId to = left.remove(id);
        if (to != null) {
            try {
                remove(id, to);
            } catch (IOException e) {
                throw failed(id, to, e);
            }
        }
    }

    private StorageFailed failed(PartitionId id, TopicId to, IOException cause) {
        return directory.fail("removing '" + file(id, to) + "' failed", cause);
    }

    /// The log is known to be elsewhere, or gone. What says otherwise is removed in the background.
    public void forgetSoon(PartitionId id) {
        TopicId to = left.remove(id);
        if (to != null) {
            environment.blockingPool().execute(() -> removeIfInUse(id, to));
        }
    }

    /// At a start, before any partition is opened: of the others nobody cares where they went. Blocks.
    ///
    /// @param isMissed whether a log may be lost with the directory of that id
    public void forgetUnless(BiPredicate<PartitionId, TopicId> isMissed) {
        Map.copyOf(left).forEach((id, to) -> {
            if (!isMissed.test(id, to)) {
                left.remove(id);
                removeIfInUse(id, to);
            }
        });
    }

    private void removeIfInUse(PartitionId id, TopicId to) {
        try {
            if (directory.isInUse()) {
                remove(id, to);
            }
        } catch (IOException e) {
            var _ = failed(id, to, e);
        }
    }

    private synchronized void remove(PartitionId id, TopicId to) throws IOException {
        // It may have come back and left again since.
        if (!to.equals(left.get(id)) && disk.delete(file(id, to))) {
            disk.syncDirectory(directory.path());
        }
    }
}
