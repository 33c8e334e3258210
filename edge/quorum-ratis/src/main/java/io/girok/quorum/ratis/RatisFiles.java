package io.girok.quorum.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the files of the metadata log say before Ratis opens them, and what of them a crash has left that Ratis would
/// not put right. Thread-safe.
///
/// | file | what it is |
/// |---|---|
/// | `joined` | this node came without a log to a quorum that was there: its settings don't say who votes |
/// | `<group>/in_use.lock` | locked while Ratis has the group's files open |
/// | `<group>/current/log_<first>-<last>` | Raft's log, closed segments |
/// | `<group>/current/log_inprogress_<first>` | and the one to which entries are appended |
/// | `<group>/current/raft-meta` | the term, and whom this node has voted for in it |
/// | `<group>/current/raft-meta.conf` | who votes, as the last entry that says so had it when it was applied |
/// | `<group>/sm/snapshot.<term>_<index>` | snapshots, each with a digest in a file of its own |
/// | `<group>/sm.tmp<time>` | `sm`, while a snapshot of the leader's takes its place |
/// | `<group>/tmp/snapshot-*` | snapshots on their way from the leader |
final class RatisFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RatisFiles.class);
    private static final String JOINED = "joined";
    private static final String TERM = "term";
    private static final String VOTERS = "raft-meta.conf";
    private static final String LOCK = "in_use.lock";
    private static final String REPLACED = "sm.tmp";
    private static final String OPEN_SEGMENT = "log_inprogress_";
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");
    private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.\\d+_(\\d+)");

    private final Path directory;
    private final Path group;
    private final Path current;
    private final Path snapshots;

    RatisFiles(Path directory, UUID group) {
        this.directory = directory;
        this.group = directory.resolve(group.toString());
        current = this.group.resolve("current");
        snapshots = this.group.resolve("sm");
    }

    void create() throws IOException {
        Files.createDirectories(directory);
    }

    /// Puts right what a crash has left, while Ratis doesn't have the files.
    ///
    /// @throws IOException when what is there can't be put right, or is in use
    void mend() throws IOException {
        if (!Files.isDirectory(current)) {
            return;
        }
        try (FileChannel file = FileChannel.open(group.resolve(LOCK), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            if (lock == null) {
                throw inUse();
            }
            finishInstalling();
            List<Path> open = named(current, OPEN_SEGMENT);
            if (!open.isEmpty()) {
                TornTail.cut(open.getLast());
                // Ratis takes what it finds for flushed, and a process that was killed may have written it only.
                sync(open.getLast());
            }
            sync(current);
            checkThatNothingIsLeftOut();
        } catch (OverlappingFileLockException e) {
            throw inUse();
        }
    }

    private IOException inUse() {
        return new IOException("'" + group + "' is in use");
    }

    /// Ratis renames `sm`, gives a snapshot of the leader's that name, purges the log before it, and deletes the other.
    private void finishInstalling() throws IOException {
        List<Path> replaced = named(group, REPLACED);
        if (!Files.isDirectory(snapshots) && !replaced.isEmpty()) {
            LOG.warn("this node went down while it took over a snapshot of the metadata log; it goes on with what it "
                    + "had before, from '{}'", replaced.getLast());
            Files.move(replaced.getLast(), snapshots, StandardCopyOption.ATOMIC_MOVE);
            sync(group);
        }
        Files.createDirectories(snapshots);
        for (Path each : named(group, REPLACED)) {
            delete(each);
        }
        for (Path each : named(group.resolve("tmp"), "snapshot-")) {
            delete(each);
        }
    }

    /// Ratis would wait for entries that are nowhere, and vote meanwhile.
    private void checkThatNothingIsLeftOut() throws IOException {
        OptionalLong first = numbers(current, SEGMENT).min();
        long covered = numbers(snapshots, SNAPSHOT).max().orElse(-1);
        if (first.isPresent() && covered + 1 < first.getAsLong()) {
            throw new IOException("the log in '" + current + "' begins with entry " + first.getAsLong() + ", and "
                    + (covered < 0 ? "there is no snapshot" : "the last snapshot ends with entry " + covered) + " in '"
                    + snapshots + "': what was between is lost here");
        }
    }

    /// The numbers in the names of those files whose name is `pattern`.
    private static LongStream numbers(Path place, Pattern pattern) throws IOException {
        return named(place, "").stream()
                .map(file -> pattern.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)));
    }

    /// What is directly in `place`, in the order of the names; nothing when `place` is not there.
    private static List<Path> named(Path place, String prefix) throws IOException {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
        }
    }

    /// Removes a directory and all that is in it.
    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// Whether what this node has voted for and taken is known, if there was anything.
    boolean haveMemory() throws IOException {
        return !named(current, "log_").isEmpty() || !named(snapshots, "snapshot.").isEmpty() || haveVotedOnly();
    }

    /// Whether this node has voted and never had an entry. Who votes is kept when the first one is applied, or a
    /// snapshot is about to be taken over: where that is known and neither is there, they may be lost.
    private boolean haveVotedOnly() throws IOException {
        return 0 < term() && !Files.exists(current.resolve(VOTERS));
    }

    private long term() throws IOException {
        Path file = current.resolve("raft-meta");
        if (!Files.exists(file)) {
            return 0;
        }
        Properties properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        }
        String term = properties.getProperty(TERM, "0");
        try {
            return Long.parseLong(term);
        } catch (NumberFormatException e) {
            throw new IOException("'" + file + "' has the term '" + term + "', which is no number", e);
        }
    }

    boolean haveJoined() {
        return Files.exists(directory.resolve(JOINED));
    }

    /// Keeps, from here on, that this node's settings don't say who votes.
    void join() throws IOException {
        Path mark = directory.resolve(JOINED);
        if (!Files.exists(mark)) {
            Files.createFile(mark);
            sync(directory);
        }
    }

    /// Has a file, or what is in a directory, on stable storage.
    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
