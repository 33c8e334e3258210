package io.girok.files;

/// A log directory is not ours to use: another process has it, or it belongs to another broker or cluster. Immutable.
public final class DirectoryRefused extends RuntimeException {
    public DirectoryRefused(String message) {
        super(message);
    }
}
