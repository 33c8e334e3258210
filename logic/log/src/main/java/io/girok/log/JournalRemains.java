package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.CorruptLog;
import io.girok.files.FileNames;
import io.girok.journal.Journal;
import io.girok.journal.JournalCopy;
import io.girok.journal.JournalEntry;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the journal of a directory has of logs that were not opened yet, or cannot be. Thread-safe.
///
/// A file of the journal is kept for as long as a log is not saved beyond its entries there. One that is offline never
/// is: so that the journal's files do not pile up, and with them everything that is written to the directory, its
/// entries go to a file of its own, [JournalCopy].
final class JournalRemains {
    private static final Logger LOGGER = LoggerFactory.getLogger(JournalRemains.class);

    private final Path path;
    private final Disk disk;
    private final Journal journal;
    /// The logs that are offline; an entry is locked while what the journal has of its log is on its way.
    private final Map<PartitionName, Boolean> offline = new ConcurrentHashMap<>();

    JournalRemains(Path path, Disk disk, Journal journal) {
        this.path = path;
        this.disk = disk;
        this.journal = journal;
    }

    /// What a log that is about to be opened may lack, in order; each entry may be in the log already, or come twice.
    /// Blocks.
    List<JournalEntry> of(JournalKey key) throws IOException {
        offline.remove(key.name());
        try {
            List<JournalEntry> entries = new ArrayList<>(JournalCopy.read(disk, directory(key.name()))
                    .getOrDefault(key, List.of()));
            entries.addAll(journal.left(key));
            return entries;
        } catch (JournalCopy.Damaged e) {
            throw new CorruptLog(String.valueOf(e.getMessage()));
        }
    }

    /// Whether the log has a copy, which may be long. Asks the disk.
    boolean hasCopy(PartitionName name) {
        return JournalCopy.exists(disk, directory(name));
    }

    /// The log was opened, and ends at `endOffset`. What there is beyond did not count, and must not count after
    /// another crash: it would follow what is appended meanwhile. Blocks where there is something.
    ///
    /// @param isClean whether there was nothing to recover it from
    void opened(JournalKey key, long endOffset, boolean isClean) throws IOException {
        offline.remove(key.name());
        if (isClean) {
            return;
        }
        if (journal.left(key).stream().anyMatch(entry -> endOffset < entry.endOffset())) {
            journal.cut(key, endOffset);
            journal.flushNow();
        }
        JournalCopy.remove(disk, directory(key.name()));
        journal.replayed(key);
    }

    /// The log is offline, and the directory is not.
    void noteOffline(PartitionName name) {
        offline.put(name, true);
    }

    /// Copies what the journal has of logs that are offline to their directories, durably, and forgets it. Blocks.
    void moveOut() throws IOException {
        try {
            for (PartitionName name : List.copyOf(offline.keySet())) {
                offline.computeIfPresent(name, (locked, isOffline) -> {
                    moveOut(name);
                    return true;
                });
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void moveOut(PartitionName name) {
        Path directory = directory(name);
        try {
            if (disk.isDirectory(directory) && journal.moveOut(name, directory)) {
                LOGGER.warn("log '{}' in '{}' is offline: what the journal has of it is in its file '{}' now", name,
                        path, JournalCopy.FILE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path directory(PartitionName name) {
        return FileNames.directory(path, name);
    }
}
