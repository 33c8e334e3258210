package io.girok.cli;

import io.girok.balance.Move;
import io.girok.balance.MoveQueue;
import io.girok.base.PartitionName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;

/// Carries out moves, a few at a time, under a throttle that is taken away in the end. Owned by one command.
///
/// Interrupted, or when one of them is refused, it calls off what is under way: every partition is where it was or
/// where it was to go.
final class MoveExecution {
    private static final long LOOK_INTERVAL_MS = 300;
    private static final int BAR_COLUMNS = 20;

    private final Admin admin;
    private final Terminal terminal;

    MoveExecution(Admin admin, Terminal terminal) {
        this.admin = admin;
        this.terminal = terminal;
    }

    /// Returns when all is done.
    ///
    /// @param throttleBytesPerSecond 0: none
    void run(List<Move> moves, int atOnce, long throttleBytesPerSecond) {
        Set<TopicPartition> others = ClusterState.reassignments(admin).keySet();
        if (!others.isEmpty()) {
            throw Failure.of(others.size() + " partitions are moving already, the first of them '"
                    + others.iterator().next()
                    + "'; 'girok cluster reassign' shows them, with --cancel it calls them off");
        }
        MoveQueue queue = new MoveQueue(moves, atOnce);
        MoveThrottle throttle = MoveThrottle.of(admin, moves, throttleBytesPerSecond);
        try (Interruption interruption = Interruption.watch(() -> {})) {
            runAll(() -> {
                throttle.begin();
                work(queue, moves, interruption);
            }, () -> {
                terminal.clear();
                if (!queue.isDone()) {
                    ClusterReassign.cancel(admin, partitions(queue.running()));
                }
            }, throttle::end);
        }
    }

    /// Runs every step, whatever has become of those before it: a throttle that stays is worse than a move that does.
    /// Throws what the last one that has failed has thrown, which is what is left to be dealt with.
    static void runAll(Runnable... steps) {
        RuntimeException failure = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void work(MoveQueue queue, List<Move> moves, Interruption interruption) {
        while (true) {
            Map<PartitionName, List<Integer>> moving = new HashMap<>();
            ClusterState.reassignments(admin)
                    .forEach((partition, reassignment) -> moving
                            .put(new PartitionName(partition.topic(), partition.partition()),
                                    ClusterState.targetOf(reassignment.replicas(), reassignment)));
            MoveQueue.Step step = queue.next(moving);
            elect(step.ended());
            begin(step.begun());
            if (queue.isDone()) {
                return;
            }
            if (interruption.isRequested()) {
                throw interrupted(queue, moves);
            }
            showProgress(queue, moves);
            try {
                Thread.sleep(LOOK_INTERVAL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw interrupted(queue, moves);
            }
        }
    }

    private static Failure interrupted(MoveQueue queue, List<Move> moves) {
        return Failure.of("interrupted: " + queue.endedCount() + " of " + moves.size()
                + " partitions have moved, the moves under way are called off");
    }

    private void begin(List<Move> moves) {
        if (moves.isEmpty()) {
            return;
        }
        Map<TopicPartition, Optional<NewPartitionReassignment>> requests = new HashMap<>();
        moves.forEach(move -> requests.put(partition(move), Optional.of(new NewPartitionReassignment(move.to()))));
        admin.alterPartitionReassignments(requests).values().forEach((partition, answer) -> {
            try {
                Answers.of(answer);
            } catch (RuntimeException e) {
                throw Failure.of("partition '" + partition + "' cannot move: " + Explanation.of(e));
            }
        });
    }

    /// Has the new preferred leaders lead. One that can't yet is left to the next election.
    private void elect(List<Move> ended) {
        Set<TopicPartition> changed = ended.stream()
                .filter(Move::changesLeader)
                .map(MoveExecution::partition)
                .collect(Collectors.toSet());
        if (!changed.isEmpty()) {
            Answers.of(admin.electLeaders(ElectionType.PREFERRED, changed).partitions());
        }
    }

    private void showProgress(MoveQueue queue, List<Move> moves) {
        if (terminal.isWatched()) {
            long total = moves.stream().mapToLong(Move::bytesToCopy).sum();
            long copied = Math.min(total, queue.endedBytes() + copied(queue.running()));
            int columns = (int) (BAR_COLUMNS * (copied + 1.0) / (total + 1.0));
            terminal.progress("[" + "#".repeat(columns) + " ".repeat(BAR_COLUMNS - columns) + "] "
                    + queue.endedCount() + " of " + moves.size() + " partitions, " + Sizes.mib(copied) + " of "
                    + Sizes.mib(total) + " MiB");
        }
    }

    /// What the new copies have by now.
    private long copied(Collection<Move> running) {
        Set<Integer> brokers = new TreeSet<>();
        running.forEach(move -> brokers.addAll(move.added()));
        Map<TopicPartition, Map<Integer, Long>> sizes = ClusterState.sizes(ClusterState.directories(admin, brokers));
        return running.stream()
                .mapToLong(move -> {
                    Map<Integer, Long> copies = sizes.getOrDefault(partition(move), Map.of());
                    return move.added().stream().mapToLong(broker -> copies.getOrDefault(broker, 0L)).sum();
                })
                .sum();
    }

    private static TopicPartition partition(Move move) {
        return new TopicPartition(move.partition().topic(), move.partition().index());
    }

    private static Set<TopicPartition> partitions(Collection<Move> moves) {
        return moves.stream().map(MoveExecution::partition).collect(Collectors.toSet());
    }
}
