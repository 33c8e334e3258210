package io.girok.group;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Every committed offset of one partition of `__consumer_offsets`, by group, topic and partition. Owned by the
/// partition's shard; changed by records only.
final class CommittedOffsets {
    private final Map<String, NavigableMap<String, NavigableMap<Integer, OffsetValue>>> byGroup = new HashMap<>();

    void apply(OffsetKey key, @Nullable OffsetValue value) {
        if (value == null) {
            remove(key);
        } else {
            byGroup.computeIfAbsent(key.group(), _ -> new TreeMap<>())
                    .computeIfAbsent(key.topic(), _ -> new TreeMap<>())
                    .put(key.partition(), value);
        }
    }

    @Nullable
    OffsetValue get(String group, String topic, int partition) {
        Map<Integer, OffsetValue> offsets = topics(group).get(topic);
        return offsets == null ? null : offsets.get(partition);
    }

    boolean hasAny(String group) {
        return byGroup.containsKey(group);
    }

    Collection<String> groups() {
        return byGroup.keySet();
    }

    Map<String, NavigableMap<Integer, OffsetValue>> topics(String group) {
        NavigableMap<String, NavigableMap<Integer, OffsetValue>> topics = byGroup.get(group);
        return topics == null ? Map.of() : topics;
    }

    void forEach(String group, BiConsumer<OffsetKey, OffsetValue> visitor) {
        topics(group).forEach((topic, offsets) -> offsets.forEach((partition, value) -> visitor
                .accept(new OffsetKey(group, topic, partition), value)));
    }

    private void remove(OffsetKey key) {
        NavigableMap<String, NavigableMap<Integer, OffsetValue>> topics = byGroup.get(key.group());
        NavigableMap<Integer, OffsetValue> offsets = topics == null ? null : topics.get(key.topic());
        if (topics == null || offsets == null) {
            return;
        }
        offsets.remove(key.partition());
        if (offsets.isEmpty()) {
            topics.remove(key.topic());
        }
        if (topics.isEmpty()) {
            byGroup.remove(key.group());
        }
    }
}
