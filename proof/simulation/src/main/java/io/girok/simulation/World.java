package io.girok.simulation;

import io.girok.base.Invariant;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Time, chance, and who runs next. Everything in a simulation belongs to the one thread that calls [#runUntil].
final class World {
    /// So many tasks of a shard run at most before another has its turn.
    private static final int MAX_TASKS_IN_A_ROW = 4;
    /// A world in which so much happens without time passing has a loop in it.
    private static final int MAX_TASKS_AT_ONE_TIME = 5_000_000;

    private final RandomGenerator random;
    private final List<ManualClock> clocks = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final ManualClock clock;
    private int turnCount;
    private int tasksAtThisTime;
    private long trace;

    /// A shard that takes part, for as long as `isRunning`.
    private record Turn(int number, SimulatedShard shard, BooleanSupplier isRunning) {}

    World(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.clock = newClock();
    }

    RandomGenerator random() {
        return random;
    }

    /// By which nobody lives but the world itself and its clients.
    ManualClock clock() {
        return clock;
    }

    long nowMs() {
        return clock.monotonicMs();
    }

    /// One that goes like all others, and may be set to show another time.
    ManualClock newClock() {
        ManualClock made = new ManualClock();
        if (!clocks.isEmpty()) {
            made.advance(clock.monotonicMs());
        }
        clocks.add(made);
        return made;
    }

    /// @param isRunning while it answers no, nothing on the shard runs, and its timers wait
    SimulatedShard newShard(ManualClock itsClock, BooleanSupplier isRunning) {
        SimulatedShard shard = new SimulatedShard(itsClock);
        turns.add(new Turn(turnCount++, shard, isRunning));
        return shard;
    }

    /// The shards of a process that is gone.
    void forget(List<SimulatedShard> shards) {
        turns.removeIf(turn -> shards.contains(turn.shard()));
    }

    /// A number of everything that ran, in order: two runs that were the same have the same.
    long trace() {
        return trace;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int between(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    /// Lets everything run until `isDone`, or for as long as `limitMs`. Answers whether it is done.
    boolean runUntil(BooleanSupplier isDone, long limitMs) {
        long endMs = nowMs() + limitMs;
        while (!isDone.getAsBoolean()) {
            if (!runSome()) {
                if (endMs <= nowMs()) {
                    return false;
                }
                passTime(endMs);
            }
        }
        return true;
    }

    private boolean runSome() {
        int count = turns.size();
        int first = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            Turn turn = turns.get((first + i) % count);
            if (!turn.shard().isIdle() && turn.isRunning().getAsBoolean()) {
                int tasks = 1 + random.nextInt(MAX_TASKS_IN_A_ROW);
                while (0 < tasks && turn.isRunning().getAsBoolean() && turn.shard().runOne()) {
                    tasks--;
                    tasksAtThisTime++;
                    trace = trace * 31 + turn.number();
                }
                if (MAX_TASKS_AT_ONE_TIME <= tasksAtThisTime) {
                    throw Invariant.violated("the world stands still at " + nowMs());
                }
                return true;
            }
        }
        return false;
    }

    private void passTime(long endMs) {
        long next = endMs;
        for (Turn turn : turns) {
            if (turn.isRunning().getAsBoolean()) {
                next = Math.min(next, turn.shard().nextTimerMs().orElse(next));
            }
        }
        long ms = Math.max(1, next - nowMs());
        clocks.forEach(each -> each.advance(ms));
        tasksAtThisTime = 0;
        trace = trace * 31 + nowMs();
    }
}
