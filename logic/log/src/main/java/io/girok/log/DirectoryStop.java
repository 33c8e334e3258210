package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.files.StopMark;
import io.girok.files.StorageFailed;
import io.girok.journal.Journal;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The clean stop of a log directory: saves its logs, or leaves them to the journal and the next start when there are
/// too many. Used once; blocks.
final class DirectoryStop {
    private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryStop.class);
    /// Saving that many takes about a second.
    private static final int MAX_SAVED = 500;

    private final LogDirectory directory;
    private final LogEnvironment environment;
    private final Journal journal;

    DirectoryStop(LogDirectory directory, LogEnvironment environment, Journal journal) {
        this.directory = directory;
        this.environment = environment;
        this.journal = journal;
    }

    /// @param unchecked what was not checked since the start
    void run(Set<PartitionName> unchecked) throws IOException {
        List<PartitionStore> changed = directory.openLogs().all().stream().filter(PartitionStore::hasToSave).toList();
        Set<PartitionName> unsaved = new HashSet<>(unchecked);
        if (MAX_SAVED < changed.size() && hasJournaledAll()) {
            LOGGER.info("log directory '{}': {} logs are left to the journal and the next start", directory.path(),
                    changed.size());
            changed.forEach(store -> unsaved.add(store.name()));
        } else if (MassFlush.MIN_LOGS <= changed.size()) {
            List<Flusher.Lent> flushes = changed.stream()
                    .map(PartitionStore::lendLast)
                    .flatMap(Optional::stream)
                    .toList();
            new MassFlush(environment.disk(), directory.path()).run(flushes);
        }
        for (PartitionStore store : List.copyOf(directory.openLogs().all())) {
            if (!unsaved.contains(store.name()) && !close(store)) {
                unsaved.add(store.name());
            }
        }
        // After a clean stop nothing would be missed any more.
        if (directory.isWhole() && directory.failure().isEmpty() && directory.writeCheckpoints()) {
            StopMark.write(environment.disk(), directory.path(), unsaved);
        }
    }

    /// Whether the next start finds every record in the journal, whatever becomes of the segments.
    private boolean hasJournaledAll() throws IOException {
        if (directory.durability() == Durability.OS) {
            return false;
        }
        try {
            journal.flushNow();
            return true;
        } catch (IOException e) {
            if (!directory.isFull(e, 0)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean close(PartitionStore store) {
        if (store.isOffline()) {
            return false;
        }
        try {
            boolean isSaved = store.close();
            if (!isSaved) {
                LOGGER.warn("log '{}': no room to save its state; it is recovered at the next start", store.name());
            }
            return isSaved;
        } catch (StorageFailed e) {
            LOGGER.error("log '{}' could not be closed: {}; it is checked at the next start", store.name(),
                    e.getMessage());
            return false;
        }
    }
}
