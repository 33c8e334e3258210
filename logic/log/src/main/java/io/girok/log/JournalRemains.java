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
    /// Whether there may be copies of logs that have no directory.
    private volatile boolean hasBeside;

    /// @param files in the directory
    JournalRemains(Path path, Disk disk, Journal journal, List<String> files) {
        this.hasBeside = files.stream().anyMatch(JournalCopy::isBeside);
        this.path = path;
        this.disk = disk;
        this.journal = journal;
    }

    /// What a log that is about to be opened may lack, in order; each entry may be in the log already, or come twice.
    /// Blocks.
    List<JournalEntry> of(JournalKey key) throws IOException {
        offline.remove(key.name());
        try {
            List<JournalEntry> entries = new ArrayList<>();
            for (Path copy : copies(key)) {
                entries.addAll(JournalCopy.read(disk, copy).getOrDefault(key, List.of()));
            }
            entries.addAll(journal.left(key));
            return entries;
        } catch (JournalCopy.Damaged e) {
            throw new CorruptLog(String.valueOf(e.getMessage()));
        }
    }

    /// Whether the log has a copy, which may be long. Asks the disk.
    boolean hasCopy(JournalKey key) {
        return copies(key).stream().anyMatch(copy -> JournalCopy.exists(disk, copy));
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
        for (Path copy : copies(key)) {
            JournalCopy.remove(disk, copy);
        }
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
            boolean isThere = disk.isDirectory(directory);
            if (!isThere) {
                hasBeside = true;
            }
            if (journal.moveOut(name, key -> isThere ? JournalCopy.in(directory) : JournalCopy.beside(path, key))) {
                LOGGER.warn("log '{}' in '{}' is offline: what the journal has of it is in {} '{}' now", name, path,
                        isThere ? "its file" : "a file that begins with", JournalCopy.FILE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The log goes, and nothing of it is to come back. Blocks shortly.
    void discard(PartitionName name) {
        journal.forget(name);
        offline.remove(name);
        if (!hasBeside) {
            return;
        }
        try {
            for (String file : disk.list(path)) {
                if (JournalCopy.isBeside(file)) {
                    discard(name, path.resolve(file));
                }
            }
        } catch (IOException e) {
            LOGGER.warn("log '{}' in '{}' is gone, but what the journal had of it may be there: {}", name, path,
                    e.getMessage());
        }
    }

    private void discard(PartitionName name, Path copy) {
        try {
            if (JournalCopy.read(disk, copy).keySet().stream().anyMatch(key -> key.name().equals(name))) {
                JournalCopy.remove(disk, copy);
            }
        } catch (IOException e) {
            LOGGER.warn("log '{}' in '{}' is gone, but '{}' is there, which may be of it: {}", name, path, copy,
                    e.getMessage());
        }
    }

    /// As [#discard], before the log may begin anew: a copy goes that cannot be read as well. Blocks shortly.
    void discardCopyOf(JournalKey key) throws IOException {
        JournalCopy.remove(disk, JournalCopy.beside(path, key));
    }

    private List<Path> copies(JournalKey key) {
        return List.of(JournalCopy.in(directory(key.name())), JournalCopy.beside(path, key));
    }

    private Path directory(PartitionName name) {
        return FileNames.directory(path, name);
    }
}
