package io.girok.balance;

import java.util.BitSet;
import java.util.function.IntPredicate;

/// Replicas: they move to any broker that takes them, if the racks allow it. Owned by the one plan.
///
/// The partition whose topic has more replicas on the one broker than on the other goes first, so that each topic
/// spreads as well; among equals, the one whose bytes make up best for what the two brokers differ by.
final class ReplicaTransfers implements Transfers {
    /// So many that could move are compared: with more than these, the rest is no better.
    private static final int MAX_COMPARED = 500;

    private final Board board;
    /// Where the next comparison begins, so that all get their turn.
    private int start;

    ReplicaTransfers(Board board) {
        this.board = board;
    }

    @Override
    public int count(int broker) {
        return board.replicas(broker);
    }

    @Override
    public int best(int from, int to, IntPredicate isFree) {
        long wantedBytes = wantedBytes(from, to);
        int best = NONE;
        int bestSurplus = 0;
        long bestMisfit = 0;
        int compared = 0;
        BitSet held = board.held(from);
        int count = board.replicas(from);
        int next = held.nextSetBit(start);
        for (int i = 0; i < count && compared < MAX_COMPARED; i++) {
            next = next < 0 ? held.nextSetBit(0) : next;
            board.look();
            if (board.canMove(next, from, to) && isFree.test(next)) {
                int surplus = board.replicasOfTopic(next, from) - board.replicasOfTopic(next, to);
                long misfit = Math.abs(board.bytesOf(next) - wantedBytes);
                if (best == NONE || bestSurplus < surplus || (bestSurplus == surplus && misfit < bestMisfit)) {
                    best = next;
                    bestSurplus = surplus;
                    bestMisfit = misfit;
                }
                compared++;
            }
            next = held.nextSetBit(next + 1);
        }
        return best;
    }

    /// As many bytes as each move must bring, if the counts and the bytes are to be equal at the same time.
    private long wantedBytes(int from, int to) {
        int countGap = Math.max(1, board.replicas(from) - board.replicas(to));
        return Math.max(0, (board.bytes(from) - board.bytes(to)) / countGap);
    }

    @Override
    public void move(int partition, int from, int to) {
        board.moveReplica(partition, from, to, Goal.EVEN_REPLICAS);
        start = partition + 1;
    }
}
