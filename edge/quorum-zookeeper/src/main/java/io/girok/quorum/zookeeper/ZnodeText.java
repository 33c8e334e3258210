package io.girok.quorum.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.UnreadableMetadata;
import java.util.HashMap;
import java.util.Map;

/// The small znodes' data: lines of `key=value`, for people to read as well. Owned by its maker.
final class ZnodeText {
    private final Map<String, String> values = new HashMap<>();
    private final String path;

    private ZnodeText(String path) {
        this.path = path;
    }

    static byte[] write(Map<String, Object> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString().getBytes(UTF_8);
    }

    /// @param path of the znode, for messages
    static ZnodeText read(String path, byte[] data) {
        ZnodeText text = new ZnodeText(path);
        new String(data, UTF_8).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new UnreadableMetadata("znode '" + path + "' has the line '" + line + "'");
            }
            text.values.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return text;
    }

    String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new UnreadableMetadata("znode '" + path + "' lacks '" + key + "'");
        }
        return value;
    }

    long number(String key) {
        try {
            return Long.parseLong(text(key));
        } catch (NumberFormatException e) {
            throw new UnreadableMetadata("znode '" + path + "' has '" + text(key) + "' for the number '" + key + "'");
        }
    }
}
