package io.girok.log;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.CorruptLog;
import io.girok.files.MovedMarks;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets closed logs go that go on in another log directory of the broker (KIP-113), and misses them until they are
/// known to be there. Thread-safe.
///
/// Where the controller believes a replica to be, nothing means that it was never written to. So [MovedMarks] say of
/// each log that leaves where it goes, and are durable before it is in its place there. If that directory cannot be
/// used at a start, the log counts as lost here; if the log is there and here, it has gone on there.
public final class Departures {
    private static final Logger LOGGER = LoggerFactory.getLogger(Departures.class);

    private final LogDirectory directory;
    private final LogEnvironment environment;
    private final MovedMarks marks;

    /// @param files in the directory
    Departures(LogDirectory directory, LogEnvironment environment, List<String> files) {
        this.directory = directory;
        this.environment = environment;
        this.marks = new MovedMarks(environment.disk(), directory.path(), files);
    }

    /// Whether the log has gone on in another directory since it was here, and the controller may not know. It may have
    /// files here, of which it was only about to be rid.
    public boolean hasLeft(PartitionId id) {
        return marks.find(id) != null;
    }

    /// The id of the directory that the log has gone to; null where it has not [#hasLeft].
    @Nullable
    public TopicId whereTo(PartitionId id) {
        return marks.find(id);
    }

    void requireHere(PartitionName name, TopicId topic) throws CorruptLog {
        PartitionId id = new PartitionId(topic, name.index());
        TopicId to = marks.find(id);
        if (to != null) {
            throw new CorruptLog("log '" + name + "' has gone on in log directory " + to + " of this broker, which "
                    + "cannot be used: the partition stays offline until it can, or others lead, which it is copied "
                    + "from then; where nobody else has it, remove '" + marks.file(id, to) + "' while the broker is "
                    + "stopped, to go on without what is there");
        }
    }

    /// A closed log is about to come into its place in `to`; [#forget] if it does not. Blocks.
    ///
    /// @throws StorageFailed when the disk fails; on one that is full nobody remembers: what goes must not need room
    public void announce(PartitionName name, TopicId topic, LogDirectory to) {
        try {
            marks.add(new PartitionId(topic, name.index()), to.directoryId());
        } catch (IOException e) {
            if (!directory.isFull(e, 0)) {
                throw directory.failed(name, e);
            }
            LOGGER.warn("log '{}' leaves '{}' without a trace, since the disk is full: {}; should its new directory be "
                    + "gone at the next start, it is not missed", name, directory.path(), e.getMessage());
        }
    }

    /// Takes the log out that was [#announce]d, and is in its place in the other directory. Blocks.
    ///
    /// @throws StorageFailed when the disk fails
    public void leave(PartitionName name, TopicId topic) {
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

    /// The log is here again, or begins anew. Blocks.
    ///
    /// @throws StorageFailed when the disk fails
    public void forget(PartitionId id) {
        TopicId to = marks.forget(id);
        if (to != null) {
            try {
                marks.remove(Map.of(id, to));
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private StorageFailed failed(IOException cause) {
        return directory.fail("removing what says where logs have gone that were here failed", cause);
    }

    /// The log is known to be elsewhere, or gone. What says otherwise is removed in the background.
    public void forgetSoon(PartitionId id) {
        TopicId to = marks.forget(id);
        if (to != null) {
            environment.blockingPool().execute(() -> removeIfInUse(Map.of(id, to)));
        }
    }

    /// At a start, before any partition is opened: of the others nobody cares where they went. Blocks.
    ///
    /// @param isMissed whether a log may be lost with the directory that it has gone to
    public void forgetUnless(Predicate<PartitionId> isMissed) {
        Map<PartitionId, TopicId> forgotten = new HashMap<>(marks.all());
        forgotten.keySet().removeIf(isMissed);
        forgotten.keySet().forEach(marks::forget);
        removeIfInUse(forgotten);
    }

    private void removeIfInUse(Map<PartitionId, TopicId> forgotten) {
        try {
            if (directory.isInUse()) {
                marks.remove(forgotten);
            }
        } catch (IOException e) {
            var _ = failed(e);
        }
    }
}
