package io.girok.simulation;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A machine with a name and a clock, on which one process runs at a time. Owned by the world's thread.
final class Host {
    /// A process: it ends, and another one is another process.
    static final class Incarnation {
        private final List<SimulatedShard> shards = new ArrayList<>();
        private boolean isAlive = true;

        boolean isAlive() {
            return isAlive;
        }
    }

    private final World world;
    private final int id;
    private final ManualClock clock;
    private Incarnation process = new Incarnation();
    private boolean isPaused;
    private boolean isPowered = true;

    Host(World world, int id) {
        this.world = world;
        this.id = id;
        this.clock = world.newClock();
    }

    int id() {
        return id;
    }

    String name() {
        return "host-" + id;
    }

    ManualClock clock() {
        return clock;
    }

    Incarnation process() {
        return process;
    }

    /// Whether packets reach it.
    boolean isPowered() {
        return isPowered;
    }

    boolean isPaused() {
        return isPaused;
    }

    /// Stops everything that runs here, for a while, as SIGSTOP does.
    void setPaused(boolean paused) {
        isPaused = paused;
    }

    void setPowered(boolean powered) {
        isPowered = powered;
    }

    /// A thread of the present process.
    SimulatedShard newShard() {
        return newShard(() -> true);
    }

    /// A thread of the present process that stands still at times.
    SimulatedShard newShard(BooleanSupplier isGoing) {
        Incarnation owner = process;
        SimulatedShard shard = world.newShard(clock, () -> owner.isAlive && !isPaused && isGoing.getAsBoolean());
        owner.shards.add(shard);
        return shard;
    }

    /// Ends the process without a word.
    void endProcess() {
        process.isAlive = false;
        world.forget(process.shards);
        isPaused = false;
    }

    void newProcess() {
        process = new Incarnation();
    }
}
