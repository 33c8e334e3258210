package io.girok.cli;

/// How much of the logs a command has gone through, shown to whoever watches standard error. Not thread-safe.
final class LogProgress {
    private static final long MIB = 1024 * 1024;

    private final Terminal terminal;
    private final String done;
    private long segments;
    private long bytes;

    private LogProgress(Terminal terminal, String done) {
        this.terminal = terminal;
        this.done = done;
    }

    /// @param done what has become of what was passed
    static LogProgress of(String done) {
        return new LogProgress(Terminal.standardError(), done);
    }

    void passed(long sizeInBytes) {
        segments++;
        bytes += sizeInBytes;
        terminal.progress(done + " " + segments + " segments, " + bytes / MIB + " MiB");
    }

    void end() {
        terminal.clear();
    }
}
