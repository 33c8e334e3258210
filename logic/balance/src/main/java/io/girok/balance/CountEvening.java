package io.girok.balance;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Queue;
import java.util.stream.IntStream;

/// Evens out what brokers have a number of. Owned by the one plan.
///
/// As long as two brokers differ by two or more, the fuller gives one to the emptier. Where nothing can go straight
/// from the one to the other (racks; leaders go only where a copy is), it goes by way of others: a shortest path is
/// looked for, breadth first, on which each broker passes one on, and only the two ends change. When there is no path
/// from any broker to one that has two less, it does not get more even (the same argument as for augmenting paths in a
/// flow).
final class CountEvening {
    private static final int NOBODY = -1;

    private final Board board;
    private final Aims aims;
    private final Transfers transfers;

    CountEvening(Board board, Aims aims, Transfers transfers) {
        this.board = board;
        this.aims = aims;
        this.transfers = transfers;
    }

    /// Whether anything moves.
    boolean run() {
        boolean isMoved = false;
        while (aims.isUneven(Spread.of(board, transfers::count)) && pass()) {
            isMoved = true;
        }
        return isMoved;
    }

    /// Tries every broker as the one that gives, until it can't; what moved after that may have changed this, so passes
    /// follow each other until one moves nothing.
    private boolean pass() {
        boolean isMoved = false;
        boolean[] isExhausted = new boolean[board.brokerCount()];
        int[] takers = takers();
        while (true) {
            int source = fullest(isExhausted);
            if (source == NOBODY || !isMoreByTwo(source, emptiest())) {
                return isMoved;
            }
            if (give(source, takers)) {
                isMoved = true;
            } else {
                isExhausted[source] = true;
            }
        }
    }

    private int[] takers() {
        return IntStream.range(0, board.brokerCount()).filter(board::takes).toArray();
    }

    private int fullest(boolean[] isExhausted) {
        return IntStream.of(takers())
                .filter(broker -> !isExhausted[broker])
                .boxed()
                .max(Comparator.comparingInt(transfers::count).thenComparing(Comparator.reverseOrder()))
                .orElse(NOBODY);
    }

    private int emptiest() {
        return IntStream.of(takers()).boxed().min(Comparator.comparingInt(transfers::count)).orElse(NOBODY);
    }

    private boolean isMoreByTwo(int fuller, int emptier) {
        return transfers.count(emptier) + 2 <= transfers.count(fuller);
    }

    /// Has `source` give one to a broker that has at least two less; false when no path leads to any.
    private boolean give(int source, int[] takers) {
        int[] emptiestFirst = IntStream.of(takers)
                .boxed()
                .sorted(Comparator.comparingInt(transfers::count))
                .mapToInt(Integer::intValue)
                .toArray();
        Paths paths = new Paths(board.brokerCount(), source);
        Queue<Integer> reached = new ArrayDeque<>();
        reached.add(source);
        while (!reached.isEmpty()) {
            int from = reached.remove();
            for (int to : emptiestFirst) {
                if (paths.isReached(to)) {
                    continue;
                }
                int partition = transfers.best(from, to, candidate -> !paths.uses(from, candidate));
                if (partition == Transfers.NONE) {
                    continue;
                }
                paths.add(from, to, partition);
                if (isMoreByTwo(source, to)) {
                    paths.walk(to);
                    return true;
                }
                reached.add(to);
            }
        }
        return false;
    }

    /// How brokers were reached from a source, and with which partition from the one before.
    private final class Paths {
        private final int source;
        private final int[] before;
        private final int[] partitions;

        Paths(int brokerCount, int source) {
            this.source = source;
            this.before = new int[brokerCount];
            this.partitions = new int[brokerCount];
            Arrays.fill(before, NOBODY);
        }

        boolean isReached(int broker) {
            return broker == source || before[broker] != NOBODY;
        }

        void add(int from, int to, int partition) {
            before[to] = from;
            partitions[to] = partition;
        }

        /// Whether the path to a broker moves this partition: a second move of it might break what the first relies on.
        boolean uses(int broker, int partition) {
            for (int at = broker; at != source; at = before[at]) {
                if (partitions[at] == partition) {
                    return true;
                }
            }
            return false;
        }

        /// Moves along the path, beginning at its end.
        void walk(int end) {
            for (int at = end; at != source; at = before[at]) {
                transfers.move(partitions[at], before[at], at);
            }
        }
    }
}
