package io.girok.metadata;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// Hears what is committed to the metadata log. Called by one thread, in offset order.
public interface MetadataListener {
    /// Records `firstOffset`, `firstOffset + 1`, ... are committed.
    void onCommit(long epoch, long firstOffset, List<byte[]> records);

    /// Replaces everything known by a snapshot that covers all up to `lastOffset` (in).
    void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException;

    /// Takes hold of the present image in O(1); the writer may run later, on another thread.
    SnapshotWriter captureSnapshot();

    /// This node leads from now on; every earlier commit was delivered before.
    void onLeader(long epoch);

    void onNotLeader(long epoch);

    /// The engine cannot go on (its disk failed, say): halt the process.
    void onFatal(Throwable cause);

    /// Writes one captured image.
    interface SnapshotWriter {
        void writeTo(OutputStream out) throws IOException;
    }
}
