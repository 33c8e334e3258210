package io.girok.base.simulated;

import io.girok.base.Invariant;
import io.girok.base.Shard;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A shard whose tasks wait until they are told to run, and whose timers follow a [ManualClock]. Owned by the one
/// thread that plays everything; it can also stand in for a pool that does blocking work.
public final class SimulatedShard implements Shard {
    /// More tasks than this in one run are taken for a task that always queues another.
    private static final int MAX_TASKS_IN_A_RUN = 10_000_000;

    private final ManualClock clock;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long timerCount;
    private int depth;

    public SimulatedShard(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Scheduled schedule(long delayMs, Runnable task) {
        Timer timer = new Timer(clock.monotonicMs() + Math.max(0, delayMs), timerCount++, task);
        timers.add(timer);
        return timer::cancel;
    }

    @Override
    public boolean isCurrent() {
        return 0 < depth;
    }

    /// Runs the task that has waited longest; false when there is none.
    public boolean runOne() {
        queueDueTimers();
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        enter(task);
        return true;
    }

    /// Runs what waits and what that queues, until nothing waits; the clock stands still. Answers how many ran.
    public int runAll() {
        int count = 0;
        while (runOne()) {
            count++;
            Invariant.check(count < MAX_TASKS_IN_A_RUN, "the tasks of a shard never come to an end");
        }
        return count;
    }

    /// Lets time pass, from timer to timer, and runs what waits and what becomes due. For one shard alone on its clock;
    /// with several, the simulator moves the clock to the least [#nextTimerMs] and runs them all.
    public void advance(long ms) {
        long until = clock.monotonicMs() + ms;
        runAll();
        for (Timer next = nextTimer(); next != null && next.dueMs <= until; next = nextTimer()) {
            clock.advance(Math.max(0, next.dueMs - clock.monotonicMs()));
            runAll();
        }
        clock.advance(until - clock.monotonicMs());
    }

    /// When the next timer is due, by [ManualClock#monotonicMs].
    public OptionalLong nextTimerMs() {
        Timer next = nextTimer();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next.dueMs);
    }

    /// Whether nothing waits to run now.
    public boolean isIdle() {
        Timer next = nextTimer();
        return tasks.isEmpty() && (next == null || clock.monotonicMs() < next.dueMs);
    }

    /// Runs `work` at once, as this shard; what it queues waits.
    public <T> T call(Supplier<T> work) {
        depth++;
        try {
            return work.get();
        } finally {
            depth--;
        }
    }

    /// Runs `task` at once, as this shard; what it queues waits.
    public void enter(Runnable task) {
        depth++;
        try {
            task.run();
        } finally {
            depth--;
        }
    }

    private @Nullable Timer nextTimer() {
        Timer next = timers.peek();
        while (next != null && next.cancelled) {
            timers.remove();
            next = timers.peek();
        }
        return next;
    }

    private void queueDueTimers() {
        long nowMs = clock.monotonicMs();
        for (Timer next = nextTimer(); next != null && next.dueMs <= nowMs; next = nextTimer()) {
            timers.remove();
            tasks.add(next);
        }
    }

    /// A task and its time; equal times run in the order they were scheduled. A timer that is cancelled after it fell
    /// due but before it ran must not run, so it knows by itself.
    private static final class Timer implements Comparable<Timer>, Runnable {
        private final long dueMs;
        private final long number;
        private final Runnable task;
        private boolean cancelled;

        Timer(long dueMs, long number, Runnable task) {
            this.dueMs = dueMs;
            this.number = number;
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(dueMs, other.dueMs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
