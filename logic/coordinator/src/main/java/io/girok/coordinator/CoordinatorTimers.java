package io.girok.coordinator;

import io.girok.base.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// The timers of one loaded state, by name. Owned by the partition's shard.
///
/// They belong to the state they were set for: a reload cancels all of them, and [CoordinatorState#onLoaded] sets those
/// that the replayed state asks for.
///
/// @param <S> the state
public final class CoordinatorTimers<S> {
    private final Timers timers;
    private final Consumer<Function<S, Decision>> runner;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(Timers.Scheduled scheduled, long number) {}

    private long nextNumber;

    CoordinatorTimers(Timers timers, Consumer<Function<S, Decision>> runner) {
        this.timers = timers;
        this.runner = runner;
    }

    /// Runs `task` on the state after `delayMs`, in place of what was set under `name` before.
    public void schedule(String name, long delayMs, Function<S, Decision> task) {
        cancel(name);
        long number = nextNumber++;
        entries.put(name, new Entry(timers.schedule(delayMs, () -> fire(name, number, task)), number));
    }

    public void cancel(String name) {
        Entry entry = entries.remove(name);
        if (entry != null) {
            entry.scheduled.cancel();
        }
    }

    public boolean isScheduled(String name) {
        return entries.containsKey(name);
    }

    void cancelAll() {
        entries.values().forEach(entry -> entry.scheduled.cancel());
        entries.clear();
    }

    /// A cancelled task may already stand in the shard's queue; its number tells.
    private void fire(String name, long number, Function<S, Decision> task) {
        Entry entry = entries.get(name);
        if (entry != null && entry.number == number) {
            entries.remove(name);
            runner.accept(task);
        }
    }
}
