package io.girok.balance;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Evens out the bytes of brokers without making their counts less even. Owned by the one plan.
///
/// A broker with many bytes gives a large partition and takes a small one from a broker with few; or gives one and
/// takes none, where it holds one more. Of all pairs the one is taken that brings the two brokers nearest to each
/// other. That makes the sum of the squares smaller each time, so it comes to an end.
final class ByteEvening {
    /// Taken in return.
    private static final int NOTHING = -1;
    /// A swap that evens out less than this share of the average is not worth its copying.
    private static final int MIN_GAIN_PERCENT = 1;

    private final Board board;
    private final Aims aims;
    private final int[] bySize;

    /// @param gain bytes that the emptier of two brokers gets nearer to the fuller one, or what is left of their
    ///         difference when that is less
    private record Swap(int given, int taken, long gain) {}

    ByteEvening(Board board, Aims aims) {
        this.board = board;
        this.aims = aims;
        this.bySize = IntStream.range(0, board.partitionCount())
                .boxed()
                .sorted(Comparator.comparingLong(board::bytesOf))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// Whether anything moves.
    boolean run() {
        boolean isMoved = false;
        Spread spread = Spread.of(board, board::bytes);
        boolean isWorked = Aims.MIN_GAP_BYTES < spread.gap() && aims.isUneven(spread);
        while (isWorked && Aims.MIN_GAP_BYTES / 2 < spread.gap() && aims.isStillUneven(spread)) {
            if (!swapOne(Math.max(1, (long) (spread.average() * MIN_GAIN_PERCENT / 100)))) {
                break;
            }
            isMoved = true;
            spread = Spread.of(board, board::bytes);
        }
        return isMoved;
    }

    /// Between the fullest and the emptiest broker, or the next ones where these have nothing to swap.
    private boolean swapOne(long minGain) {
        int[] emptiestFirst = IntStream.range(0, board.brokerCount())
                .filter(board::takes)
                .boxed()
                .sorted(Comparator.comparingLong(board::bytes))
                .mapToInt(Integer::intValue)
                .toArray();
        int[][] held = heldBySize();
        for (int i = emptiestFirst.length - 1; 0 < i; i--) {
            int full = emptiestFirst[i];
            for (int j = 0; j < i && minGain < board.bytes(full) - board.bytes(emptiestFirst[j]); j++) {
                int empty = emptiestFirst[j];
                Swap swap = best(held, full, empty);
                if (minGain <= swap.gain()) {
                    apply(swap, full, empty);
                    return true;
                }
            }
        }
        return false;
    }

    /// For each broker its partitions, the smallest first.
    private int[][] heldBySize() {
        int[][] held = new int[board.brokerCount()][];
        int[] counts = new int[held.length];
        for (int broker = 0; broker < held.length; broker++) {
            held[broker] = new int[board.replicas(broker)];
        }
        for (int partition : bySize) {
            for (int broker : board.replicasOf(partition)) {
                held[broker][counts[broker]++] = partition;
            }
        }
        return held;
    }

    /// For each partition that can be given, the one to take is the one that leaves half of the gap; as those to give
    /// grow, so do those to take, so one walk through both is enough.
    private Swap best(int[][] held, int full, int empty) {
        int[] given = movable(held[full], full, empty);
        int[] taken = takeable(held[empty], full, empty);
        long gap = board.bytes(full) - board.bytes(empty);
        Swap best = new Swap(NOTHING, NOTHING, 0);
        int next = 0;
        for (int candidate : given) {
            if (taken.length == 0) {
                break;
            }
            long wanted = board.bytesOf(candidate) - gap / 2;
            while (next + 1 < taken.length && misfit(taken[next + 1], wanted) <= misfit(taken[next], wanted)) {
                next++;
                board.look();
            }
            long brought = board.bytesOf(candidate) - bytesOf(taken[next]);
            long gain = Math.min(brought, gap - brought);
            if (best.gain() < gain) {
                best = new Swap(candidate, taken[next], gain);
            }
        }
        return best;
    }

    private int[] movable(int[] partitions, int from, int to) {
        return IntStream.of(partitions).peek(_ -> board.look()).filter(p -> board.canMove(p, from, to)).toArray();
    }

    /// Nothing is the smallest of what can be taken, where the counts allow it.
    private int[] takeable(int[] partitions, int full, int empty) {
        int[] movable = movable(partitions, empty, full);
        return board.replicas(empty) < board.replicas(full)
                ? IntStream.concat(IntStream.of(NOTHING), IntStream.of(movable)).toArray()
                : movable;
    }

    private long misfit(int partition, long wantedBytes) {
        return Math.abs(bytesOf(partition) - wantedBytes);
    }

    private long bytesOf(int partition) {
        return partition == NOTHING ? 0 : board.bytesOf(partition);
    }

    private void apply(Swap swap, int full, int empty) {
        board.moveReplica(swap.given(), full, empty, Goal.EVEN_BYTES);
        if (swap.taken() != NOTHING) {
            board.moveReplica(swap.taken(), empty, full, Goal.EVEN_BYTES);
        }
    }
}
