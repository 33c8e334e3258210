package io.girok.coordinator;

/// A record of a coordinator's log that does not follow its schema.
public final class UnreadableRecord extends RuntimeException {
    public UnreadableRecord(String message) {
        super(message);
    }
}
