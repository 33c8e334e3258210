package io.girok.balance;

import io.girok.base.Invariant;
import io.girok.base.PartitionName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/// The moves of a plan while it is carried out, in their order, a few that copy something at a time. While partitions
/// move that are not of the plan, or to other places, none begins: somebody else is at work. Owned by who carries them
/// out.
public final class MoveQueue {
    /// At one time, of moves that copy nothing.
    private static final int MAX_BEGUN = 200;

    private final int maxCopying;
    private final Queue<Move> waiting;
    private final Map<PartitionName, Move> running = new LinkedHashMap<>();
    private int endedCount;
    private long endedBytes;

    /// @param ended moves that were begun and are not under way any more
    /// @param begun moves to begin now
    public record Step(List<Move> ended, List<Move> begun) {}

    /// @param maxCopying how many partitions may be copied at the same time
    public MoveQueue(List<Move> moves, int maxCopying) {
        Invariant.check(0 < maxCopying, "at least one partition is copied at a time");
        this.maxCopying = maxCopying;
        this.waiting = new ArrayDeque<>(moves);
    }

    /// What has come to its end, and what is to begin in its place.
    ///
    /// @param moving the partitions whose moves are under way, these and others, and the replicas they are to have
    public Step next(Map<PartitionName, List<Integer>> moving) {
        List<Move> ended = running.values()
                .stream()
                .filter(move -> !move.to().equals(moving.get(move.partition())))
                .toList();
        for (Move move : ended) {
            running.remove(move.partition());
            endedCount++;
            endedBytes += move.bytesToCopy();
        }
        boolean areOthersMoving = !running.keySet().containsAll(moving.keySet());
        List<Move> begun = new ArrayList<>();
        long copying = running.values().stream().filter(Move::copies).count();
        while (!areOthersMoving && !waiting.isEmpty() && begun.size() < MAX_BEGUN
                && (!waiting.element().copies() || copying < maxCopying)) {
            Move move = waiting.remove();
            running.put(move.partition(), move);
            begun.add(move);
            copying += move.copies() ? 1 : 0;
        }
        return new Step(ended, begun);
    }

    /// What has not begun never will.
    public void stopBeginning() {
        waiting.clear();
    }

    public boolean isDone() {
        return waiting.isEmpty() && running.isEmpty();
    }

    /// Those that were begun and have not ended, as of the last [#next].
    public Collection<Move> running() {
        return List.copyOf(running.values());
    }

    public int endedCount() {
        return endedCount;
    }

    public long endedBytes() {
        return endedBytes;
    }
}
