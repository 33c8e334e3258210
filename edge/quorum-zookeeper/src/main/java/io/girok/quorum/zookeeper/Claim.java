package io.girok.quorum.zookeeper;

import io.girok.metadata.Endpoint;
import java.util.TreeMap;

/// Who leads, and where nodes that do not know it yet find it. Immutable.
record Claim(int nodeId, long epoch, Endpoint endpoint) {
    static Claim read(String path, byte[] data) {
        ZnodeText text = ZnodeText.read(path, data);
        return new Claim((int) text.number("node-id"), text.number("epoch"),
                new Endpoint(text.text("listener"), text.text("host"), (int) text.number("port")));
    }

    byte[] write() {
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("node-id", nodeId);
        values.put("epoch", epoch);
        values.put("listener", endpoint.listener());
        values.put("host", endpoint.host());
        values.put("port", endpoint.port());
        return ZnodeText.write(values);
    }
}
