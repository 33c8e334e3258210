package io.girok.membership.follow;

import io.girok.metadata.MetadataListener.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// What a follower keeps of the metadata for its next start. Used by one thread at a time.
public interface MetadataCopy {
    /// For a node that gets everything from others at each start.
    MetadataCopy NONE = new MetadataCopy() {
        @Override
        public Optional<Kept> read() {
            return Optional.empty();
        }

        @Override
        public void write(long lastOffset, long lastEpoch, SnapshotWriter content) {
            // Nothing is kept.
        }
    };

    /// Everything up to a record, which has `lastEpoch`.
    record Kept(long lastOffset, long lastEpoch, InputStream content) {}

    /// What was written last; empty when there is nothing that can be used.
    Optional<Kept> read();

    void write(long lastOffset, long lastEpoch, SnapshotWriter content) throws IOException;
}
