package io.girok.cli;

/// A command can't do what was asked; the message is all the user needs to see. Immutable.
final class Failure extends RuntimeException {
    static final int FAILED = 1;
    static final int USAGE = 2;

    private final int exitCode;

    private Failure(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    static Failure of(String message) {
        return new Failure(message, FAILED);
    }

    /// What was typed makes no sense, whatever the broker says.
    static Failure usage(String message) {
        return new Failure(message, USAGE);
    }

    int exitCode() {
        return exitCode;
    }
}
