package io.girok.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedShardTest {
    private final ManualClock clock = new ManualClock(1_000);
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunInOrderWhenTold() {
        shard.execute(() -> {
            ran.add("a");
            shard.execute(() -> ran.add("c"));
        });
        shard.execute(() -> ran.add("b"));
        assertThat(ran).isEmpty();

        assertThat(shard.runAll()).isEqualTo(3);

        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(shard.isIdle()).isTrue();
    }

    @Test
    void timersRunAtTheirTimeAndEqualTimesInOrder() {
        shard.schedule(20, () -> ran.add("20 at " + clock.wallMs()));
        shard.schedule(10, () -> {
            ran.add("10 at " + clock.wallMs());
            shard.schedule(5, () -> ran.add("15 at " + clock.wallMs()));
        });
        shard.schedule(20, () -> ran.add("also 20"));
        shard.schedule(21, () -> ran.add("late"));

        shard.advance(20);

        assertThat(ran).containsExactly("10 at 1010", "15 at 1015", "20 at 1020", "also 20");
        assertThat(clock.wallMs()).isEqualTo(1_020);
        assertThat(shard.nextTimerMs()).hasValue(21);
    }

    @Test
    void aCancelledTimerDoesNotRunEvenIfItIsDue() {
        Timers.Scheduled other = shard.schedule(10, () -> ran.add("cancelled"));
        shard.schedule(5, other::cancel);
        Timers.Scheduled queued = shard.schedule(7, () -> ran.add("cancelled while due"));
        shard.schedule(6, () -> ran.add("ran"));
        clock.advance(8);
        shard.execute(() -> ran.add("task"));

        shard.runOne();
        queued.cancel();
        shard.advance(100);

        assertThat(ran).doesNotContain("cancelled", "cancelled while due").contains("ran", "task");
    }

    @Test
    void workKnowsWhetherItRunsOnTheShard() {
        assertThat(shard.isCurrent()).isFalse();

        boolean inside = shard.call(shard::isCurrent);
        shard.run(() -> ran.add("queued"));
        assertThat(ran).isEmpty();
        shard.execute(() -> shard.run(() -> ran.add("at once")));
        shard.runAll();

        assertThat(inside).isTrue();
        assertThat(ran).containsExactly("queued", "at once");
    }

    @Test
    void theWallClockMayBeSetBackWhileTimePasses() {
        shard.schedule(10, () -> ran.add("due"));
        clock.setWall(5);

        shard.advance(10);

        assertThat(ran).containsExactly("due");
        assertThat(clock.wallMs()).isEqualTo(15);
    }
}
