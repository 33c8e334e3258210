package io.girok.log;

import io.girok.base.PartitionName;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The logs of a directory that are open. Thread-safe. Two stores of one log would write over what the other has
/// written: so there is never more than one, not even while it is opened.
final class OpenLogs {
    private final Map<PartitionName, PartitionStore> stores = new ConcurrentHashMap<>();
    private final Set<PartitionName> opening = ConcurrentHashMap.newKeySet();

    /// The log is being opened, until [#ended].
    ///
    /// @throws IllegalStateException when it is open, or being opened
    void begin(PartitionName name) {
        if (!opening.add(name)) {
            throw new IllegalStateException("log '" + name + "' is being opened already");
        }
        if (stores.containsKey(name)) {
            opening.remove(name);
            throw new IllegalStateException("log '" + name + "' is open already");
        }
    }

    void ended(PartitionName name) {
        opening.remove(name);
    }

    void add(PartitionStore store) {
        stores.put(store.name(), store);
    }

    void remove(PartitionStore store) {
        stores.remove(store.name(), store);
    }

    Collection<PartitionStore> all() {
        return stores.values();
    }
}
