package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private static final int MIB = 1024 * 1024;
    private static final int LIMIT = 16 * MIB;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final RequestMemory memory = new RequestMemory(LIMIT, clock, shard);

    /// A connection that remembers what it was told.
    private static final class Recorder implements FrameClaim.Owner {
        int grants;
        int evictions;

        @Override
        public void onMemoryGranted() {
            grants++;
        }

        @Override
        public void onEvicted(String reason) {
            evictions++;
        }
    }

    private final Recorder first = new Recorder();
    private final Recorder second = new Recorder();
    private final Recorder third = new Recorder();

    @Test
    void aLengthPrefixAloneCostsNothing() {
        memory.open(8 * MIB, first);

        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void bigFramesLeaveRoomForModestOnesAndThoseForTinyOnes() {
        FrameClaim big = memory.open(20 * MIB, first);
        FrameClaim modest = memory.open(MIB, second);
        FrameClaim tiny = memory.open(16 * 1024, third);

        assertThat(memory.acquire(big, 12 * MIB)).isTrue();
        assertThat(memory.acquire(big, 1)).isFalse();
        assertThat(memory.acquire(modest, 3 * MIB)).isTrue();
        assertThat(memory.acquire(modest, 1)).isFalse();
        assertThat(memory.acquire(tiny, MIB)).isTrue();
        assertThat(memory.acquire(tiny, 1)).isFalse();
        assertThat(memory.usedBytes()).isEqualTo(LIMIT);
        assertThat(memory.waitingCount()).isEqualTo(3);
    }

    @Test
    void roomThatComesFreeGoesToTheFrameThatMissesLeast() {
        FrameClaim holder = memory.open(12 * MIB, first);
        memory.acquire(holder, 12 * MIB);
        memory.acquire(memory.open(10 * MIB, second), 8 * MIB);
        memory.acquire(memory.open(6 * MIB, third), 6 * MIB);

        memory.close(holder);

        assertThat(third.grants).isEqualTo(1);
        assertThat(second.grants).isZero();
        assertThat(memory.usedBytes()).isEqualTo(6 * MIB);
    }

    @Test
    void aFrameThatIsGoneNoLongerWaits() {
        FrameClaim holder = memory.open(12 * MIB, first);
        memory.acquire(holder, 12 * MIB);
        FrameClaim gone = memory.open(10 * MIB, second);
        memory.acquire(gone, 10 * MIB);

        memory.close(gone);
        memory.close(holder);

        assertThat(second.grants).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void aSlowFrameGivesWayToOneThatWaits() {
        FrameClaim slow = memory.open(12 * MIB, first);
        memory.acquire(slow, 12 * MIB);
        slow.received(100_000);
        clock.advance(1_000);
        FrameClaim waiting = memory.open(4 * MIB, second);
        memory.acquire(waiting, 4 * MIB);

        shard.advance(100);
        memory.close(slow);

        assertThat(first.evictions).isEqualTo(1);
        assertThat(second.grants).isEqualTo(1);
    }

    @Test
    void noMoreFramesGiveWayThanNeeded() {
        Recorder[] owners = new Recorder[6];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = new Recorder();
            FrameClaim slow = memory.open(12 * MIB, owners[i]);
            memory.acquire(slow, 2 * MIB);
            slow.received(i);
        }
        clock.advance(1_000);

        memory.acquire(memory.open(4 * MIB, third), 3 * MIB);
        shard.advance(1_000);

        assertThat(owners).extracting(owner -> owner.evictions).containsExactly(1, 1, 0, 0, 0, 0);
    }

    @Test
    void aFastOrCompleteFrameDoesNotGiveWay() {
        FrameClaim fast = memory.open(6 * MIB, first);
        memory.acquire(fast, 6 * MIB);
        FrameClaim complete = memory.open(6 * MIB, second);
        memory.acquire(complete, 6 * MIB);
        memory.complete(complete);
        clock.advance(1_000);
        fast.received(5 * MIB);
        memory.acquire(memory.open(4 * MIB, third), 4 * MIB);

        shard.advance(1_900);

        assertThat(first.evictions).isZero();
        assertThat(second.evictions).isZero();
    }

    @Test
    void timeSpentWaitingDoesNotMakeAFrameSlow() {
        FrameClaim complete = memory.open(8 * MIB, first);
        memory.acquire(complete, 8 * MIB);
        memory.complete(complete);
        FrameClaim waiting = memory.open(8 * MIB, second);
        memory.acquire(waiting, 4 * MIB);
        waiting.received(4 * MIB);
        memory.acquire(waiting, 8 * MIB);

        shard.advance(1_900);
        memory.close(complete);

        assertThat(second.evictions).isZero();
        assertThat(second.grants).isEqualTo(1);
    }

    @Test
    void framesThatBlockEachOtherAreUntangled() {
        FrameClaim nearlyThere = memory.open(8 * MIB, first);
        FrameClaim farAway = memory.open(12 * MIB, second);
        memory.acquire(nearlyThere, 6 * MIB);
        memory.acquire(farAway, 6 * MIB);
        nearlyThere.received(6 * MIB);
        farAway.received(6 * MIB);
        memory.acquire(nearlyThere, 6 * MIB);
        memory.acquire(farAway, 12 * MIB);

        shard.advance(2_200);
        assertThat(second.evictions).isEqualTo(1);
        memory.close(farAway);

        assertThat(first.grants).isEqualTo(1);
        assertThat(first.evictions).isZero();
    }

    @Test
    void theBoundHoldsWhateverHappens() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("theBoundHoldsWhateverHappens -Dseed=" + seed);
        Random random = new Random(seed);
        List<FrameClaim> open = new ArrayList<>();

        for (int step = 0; step < 50_000; step++) {
            int choice = random.nextInt(10);
            if (open.isEmpty() || choice < 3) {
                open.add(memory.open(1 + random.nextInt(8 * MIB), new Recorder()));
            } else if (choice < 6) {
                FrameClaim claim = open.get(random.nextInt(open.size()));
                if (!claim.isWaiting()) {
                    memory.acquire(claim, 1 + random.nextInt(claim.announcedBytes));
                }
            } else if (choice < 7) {
                FrameClaim claim = open.get(random.nextInt(open.size()));
                claim.received(claim.receivedBytes() + (claim.announcedBytes - claim.receivedBytes()) / 2);
            } else if (choice < 9) {
                memory.close(open.remove(random.nextInt(open.size())));
            } else {
                shard.advance(random.nextInt(500));
                closeEvicted(open);
            }
        }
        open.forEach(memory::close);

        assertThat(memory.peakBytes()).isLessThanOrEqualTo(LIMIT).isGreaterThan(LIMIT / 2);
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.waitingCount()).isZero();
    }

    private void closeEvicted(List<FrameClaim> open) {
        List<FrameClaim> evicted = open.stream().filter(claim -> 0 < ((Recorder) claim.owner).evictions).toList();
        evicted.forEach(memory::close);
        open.removeAll(evicted);
    }
}
