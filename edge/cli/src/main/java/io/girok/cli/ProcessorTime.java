package io.girok.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/// How much processor time a process on this machine has used, and which process listens on a port: both from `/proc`.
/// Stateless.
final class ProcessorTime {
    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_IN_SECOND = 100;
    private static final String LISTENS = "0A";
    // /proc/PID/stat after the name in parentheses: state is field 0, utime 11, stime 12.
    private static final int USER_FIELD = 11;
    private static final int SYSTEM_FIELD = 12;
    // /proc/net/tcp: "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode"
    private static final int LOCAL_COLUMN = 1;
    private static final int STATE_COLUMN = 3;
    private static final int INODE_COLUMN = 9;

    private ProcessorTime() {}

    /// User and system seconds of all threads since the process began; empty when there is no telling.
    static OptionalDouble seconds(long pid) {
        try {
            return OptionalDouble.of(parseStat(Files.readString(PROC.resolve(pid + "/stat"))));
        } catch (IOException | IllegalArgumentException e) {
            return OptionalDouble.empty();
        }
    }

    static double parseStat(String stat) {
        int end = stat.lastIndexOf(')');
        String[] fields = stat.substring(end + 1).strip().split(" ", -1);
        if (end < 0 || fields.length <= SYSTEM_FIELD) {
            throw new IllegalArgumentException("not what /proc/PID/stat holds: '" + stat + "'");
        }
        return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD])) / TICKS_IN_SECOND;
    }

    /// The process of this user that listens on a port of this machine; empty when there is none that can be seen.
    static OptionalLong listener(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                sockets.addAll(listeningInodes(Files.readAllLines(PROC.resolve(table)), port));
            } catch (IOException e) {
                // A machine without it has no such sockets.
            }
        }
        if (sockets.isEmpty()) {
            return OptionalLong.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOneOf(process.resolve("fd"), sockets)) {
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    static Set<String> listeningInodes(List<String> lines, int port) {
        Set<String> inodes = new HashSet<>();
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+", -1);
            if (INODE_COLUMN < columns.length && columns[STATE_COLUMN].equals(LISTENS)) {
                String local = columns[LOCAL_COLUMN];
                if (Integer.parseInt(local.substring(local.indexOf(':') + 1), 16) == port) {
                    inodes.add("socket:[" + columns[INODE_COLUMN] + "]");
                }
            }
        }
        return inodes;
    }

    private static boolean hasOneOf(Path descriptors, Set<String> sockets) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
            for (Path entry : entries) {
                if (sockets.contains(Files.readSymbolicLink(entry).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Another user's process, or one that has just ended.
        }
        return false;
    }
}
