package io.girok.base.simulated;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The names of a disk in memory: as the process sees them, and as a crash would leave them. Guarded by its disk.
///
/// Every creation, renaming and deletion is one entry of a journal. Syncing a directory settles the entries that touch
/// it; a crash settles the journal up to some point and forgets the rest.
final class MemoryTree {
    sealed interface Node {}

    static final class Directory implements Node {
        private final TreeMap<String, Node> seen = new TreeMap<>();
        private final TreeMap<String, Node> durable = new TreeMap<>();

        List<String> names() {
            return List.copyOf(seen.keySet());
        }

        boolean isEmpty() {
            return seen.isEmpty();
        }
    }

    static final class File implements Node {
        final MemoryContent content = new MemoryContent();
        int handles;
        boolean isLinked = true;
        long modifiedMs;
    }

    private record Change(Directory directory, String name, @Nullable Node node) {
        void settle() {
            put(directory.durable, name, node);
        }
    }

    private final Directory root = new Directory();
    private final List<List<Change>> journal = new ArrayList<>();

    @Nullable
    Node find(Path path) {
        Node node = root;
        for (Path name : path) {
            if (!(node instanceof Directory directory)) {
                return null;
            }
            Node child = directory.seen.get(name.toString());
            if (child == null) {
                return null;
            }
            node = child;
        }
        return node;
    }

    void put(Directory parent, String name, Node node) {
        apply(List.of(new Change(parent, name, node)));
    }

    void remove(Directory parent, String name) {
        apply(List.of(new Change(parent, name, null)));
    }

    void move(Directory from, String fromName, Directory to, String toName, Node node) {
        apply(List.of(new Change(from, fromName, null), new Change(to, toName, node)));
    }

    void sync(Directory directory) {
        Iterator<List<Change>> entries = journal.iterator();
        while (entries.hasNext()) {
            List<Change> entry = entries.next();
            if (entry.stream().anyMatch(change -> change.directory == directory)) {
                entry.forEach(Change::settle);
                entries.remove();
            }
        }
    }

    void crash(RandomGenerator random) {
        int settled = switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> journal.size();
            default -> random.nextInt(journal.size() + 1);
        };
        journal.subList(0, settled).forEach(entry -> entry.forEach(Change::settle));
        journal.clear();
        forgetWhatIsNotDurable(root);
        for (File file : files()) {
            file.handles = 0;
            file.content.crash(random);
        }
    }

    void syncAll() {
        journal.forEach(entry -> entry.forEach(Change::settle));
        journal.clear();
        files().forEach(file -> file.content.sync());
    }

    /// Every file that has a name, in the order of the names.
    Set<File> files() {
        Set<File> files = new LinkedHashSet<>();
        collect(root, files);
        return files;
    }

    private void apply(List<Change> changes) {
        journal.add(changes);
        for (Change change : changes) {
            put(change.directory.seen, change.name, change.node);
        }
    }

    private static void put(Map<String, Node> entries, String name, @Nullable Node node) {
        if (node == null) {
            entries.remove(name);
        } else {
            entries.put(name, node);
        }
    }

    private static void forgetWhatIsNotDurable(Directory directory) {
        directory.seen.clear();
        directory.seen.putAll(directory.durable);
        for (Node node : directory.seen.values()) {
            switch (node) {
                case Directory child -> forgetWhatIsNotDurable(child);
                case File file -> file.isLinked = true;
            }
        }
    }

    private static void collect(Directory directory, Set<File> into) {
        for (Node node : directory.seen.values()) {
            switch (node) {
                case Directory child -> collect(child, into);
                case File file -> into.add(file);
            }
        }
    }
}
