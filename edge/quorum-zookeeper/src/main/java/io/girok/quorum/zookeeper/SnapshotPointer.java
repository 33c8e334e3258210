package io.girok.quorum.zookeeper;

import java.util.TreeMap;

/// Which snapshot is in force. Immutable.
///
/// @param name of its folder; empty when there is none yet
/// @param endIndex the index of the first entry that it does not cover
/// @param endOffset the offset of the first record that it does not cover
/// @param epoch of the last record that it covers
record SnapshotPointer(String name, long endIndex, long endOffset, long epoch, Content content) {
    static final SnapshotPointer NONE = new SnapshotPointer("", 0, 0, 0, new Content(0, 0, 0));

    /// What there is to read.
    ///
    /// @param checksum CRC-32C over all chunks
    record Content(int chunkCount, long sizeBytes, long checksum) {}

    static SnapshotPointer read(String path, byte[] data) {
        ZnodeText text = ZnodeText.read(path, data);
        return new SnapshotPointer(text.text("name"), text.number("end-index"), text.number("end-offset"),
                text.number("epoch"), new Content((int) text.number("chunks"), text.number("size-bytes"),
                        text.number("crc32c")));
    }

    byte[] write() {
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("name", name);
        values.put("end-index", endIndex);
        values.put("end-offset", endOffset);
        values.put("epoch", epoch);
        values.put("chunks", content.chunkCount());
        values.put("size-bytes", content.sizeBytes());
        values.put("crc32c", content.checksum());
        return ZnodeText.write(values);
    }

    long lastOffset() {
        return endOffset - 1;
    }
}
