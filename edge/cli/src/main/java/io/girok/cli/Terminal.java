package io.girok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether a person watches standard error, and a line there that is rewritten in place. Not thread-safe.
final class Terminal {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final long REDRAW_NS = 200_000_000;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final boolean isWatched;
    private long drawnAtNs = System.nanoTime();
    private boolean isDrawn;

    private Terminal(boolean isWatched) {
        this.isWatched = isWatched;
    }

    static Terminal standardError() {
        return new Terminal(isStandardErrorATerminal());
    }

    boolean isWatched() {
        return isWatched;
    }

    /// Rewrites the line, at most five times a second.
    void progress(String text) {
        if (!isWatched || System.nanoTime() - drawnAtNs < REDRAW_NS) {
            return;
        }
        drawnAtNs = System.nanoTime();
        isDrawn = true;
        System.err.print(ERASE_LINE + text);
        System.err.flush();
    }

    /// Takes the progress line away.
    void clear() {
        if (isDrawn) {
            System.err.print(ERASE_LINE);
            System.err.flush();
            isDrawn = false;
        }
    }

    private static boolean isStandardErrorATerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
