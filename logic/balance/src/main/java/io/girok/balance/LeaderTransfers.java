package io.girok.balance;

import java.util.BitSet;
import java.util.function.IntPredicate;

/// Preferred leaderships: they move among the brokers that hold the partition. Owned by the one plan.
///
/// The partition whose topic has more leaders on the one broker than on the other goes first: so the leaders of each
/// topic spread as well.
final class LeaderTransfers implements Transfers {
    private final Board board;

    LeaderTransfers(Board board) {
        this.board = board;
    }

    @Override
    public int count(int broker) {
        return board.leaders(broker);
    }

    @Override
    public int best(int from, int to, IntPredicate isFree) {
        int best = NONE;
        int bestSurplus = 0;
        BitSet led = board.led(from);
        for (int next = led.nextSetBit(0); 0 <= next; next = led.nextSetBit(next + 1)) {
            board.look();
            int surplus = board.leadersOfTopic(next, from) - board.leadersOfTopic(next, to);
            if ((best == NONE || bestSurplus < surplus) && board.canLead(next, to) && isFree.test(next)) {
                best = next;
                bestSurplus = surplus;
            }
        }
        return best;
    }

    @Override
    public void move(int partition, int from, int to) {
        board.moveLeader(partition, to);
    }
}
