package io.girok.quorum.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/// What the files of the metadata log say before Ratis opens them. Thread-safe.
///
/// | file | what it is |
/// |---|---|
/// | `joined` | this node came without a log to a quorum that was there: its settings don't say who votes |
/// | `<group>/current/log_*` | Raft's log |
/// | `<group>/current/raft-meta` | the term, and whom this node has voted for in it |
/// | `<group>/sm/snapshot.*` | snapshots |
final class RatisFiles {
    private static final String JOINED = "joined";
    private static final String TERM = "term";

    private final Path directory;
    private final Path group;

    RatisFiles(Path directory, UUID group) {
        this.directory = directory;
        this.group = directory.resolve(group.toString());
    }

    void create() throws IOException {
        Files.createDirectories(directory);
    }

    /// Whether what this node has voted for and taken is known, if there was anything.
    boolean haveMemory() throws IOException {
        return hasAny("current", "log_") || hasAny("sm", "snapshot.") || 0 < term();
    }

    private boolean hasAny(String inside, String prefix) throws IOException {
        Path place = group.resolve(inside);
        if (!Files.isDirectory(place)) {
            return false;
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(prefix));
        }
    }

    private long term() throws IOException {
        Path file = group.resolve("current").resolve("raft-meta");
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
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
