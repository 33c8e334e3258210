package io.girok.metadata;

/// A metadata record or snapshot is damaged, or of a later version of Girok. The node cannot go on without it.
public final class UnreadableMetadata extends RuntimeException {
    public UnreadableMetadata(String message) {
        super(message);
    }
}
