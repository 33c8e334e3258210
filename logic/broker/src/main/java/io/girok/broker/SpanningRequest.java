package io.girok.broker;

import io.girok.base.Shard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// A request whose partitions lie on several shards: each shard works on its part, and the last one to finish goes on.
/// Thread-safe.
public final class SpanningRequest {
    private final AtomicInteger pending;
    private final Runnable whenAllDone;

    private SpanningRequest(int parts, Runnable whenAllDone) {
        this.pending = new AtomicInteger(parts);
        this.whenAllDone = whenAllDone;
    }

    /// One part is done; what its shard wrote before is seen by whoever runs `whenAllDone`.
    public void partDone() {
        if (pending.decrementAndGet() == 0) {
            whenAllDone.run();
        }
    }

    /// Runs `work` on the items of each shard, there, which must leave an answer also where it throws; then
    /// `whenAllDone`, on the shard that is last, or at once when there are no items.
    public static <T> void run(List<T> items, Function<T, Shard> home, Consumer<List<T>> work, Runnable whenAllDone) {
        if (items.isEmpty()) {
            whenAllDone.run();
            return;
        }
        List<Part<T>> parts = split(items, home);
        SpanningRequest spanning = new SpanningRequest(parts.size(), whenAllDone);
        for (Part<T> part : parts) {
            part.shard().run(() -> {
                try {
                    work.accept(part.items());
                } finally {
                    spanning.partDone();
                }
            });
        }
    }

    /// For work that goes on after its shard's first turn: `start` makes the parts run and calls [#partDone] for each.
    public static SpanningRequest of(int parts, Runnable whenAllDone) {
        return new SpanningRequest(parts, whenAllDone);
    }

    /// What one shard has to do.
    public record Part<T>(Shard shard, List<T> items) {}

    /// The items by shard; the order among those of one shard is kept.
    public static <T> List<Part<T>> split(List<T> items, Function<T, Shard> home) {
        if (items.size() == 1) {
            return List.of(new Part<>(home.apply(items.getFirst()), items));
        }
        Map<Shard, Part<T>> parts = new LinkedHashMap<>();
        for (T item : items) {
            parts.computeIfAbsent(home.apply(item), shard -> new Part<>(shard, new ArrayList<>())).items().add(item);
        }
        return List.copyOf(parts.values());
    }
}
