package io.girok.quorum.zookeeper;

import java.util.TreeMap;

/// Where the log ends: the index of the next entry, and the offset of its first record. Immutable.
record Tail(long endIndex, long endOffset) {
    static final Tail START = new Tail(0, 0);

    static Tail read(String path, byte[] data) {
        ZnodeText text = ZnodeText.read(path, data);
        return new Tail(text.number("end-index"), text.number("end-offset"));
    }

    byte[] write() {
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("end-index", endIndex);
        values.put("end-offset", endOffset);
        return ZnodeText.write(values);
    }
}
