package io.girok.metadata;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Passes everything on; tests override what they have other plans for.
public class PassingListener implements MetadataListener {
    private final MetadataListener listener;

    public PassingListener(MetadataListener listener) {
        this.listener = listener;
    }

    @Override
    public void onCommit(long epoch, long firstOffset, List<byte[]> records) {
        listener.onCommit(epoch, firstOffset, records);
    }

    @Override
    public void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException {
        listener.onSnapshot(lastOffset, epoch, in);
    }

    @Override
    public SnapshotWriter captureSnapshot() {
        return listener.captureSnapshot();
    }

    @Override
    public void onLeader(long epoch) {
        listener.onLeader(epoch);
    }

    @Override
    public void onNotLeader(long epoch) {
        listener.onNotLeader(epoch);
    }

    @Override
    public void onFatal(Throwable cause) {
        listener.onFatal(cause);
    }
}
