package io.girok.balance;

import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Moves what can't stay where it is. Owned by the one plan.
final class MustMove {
    private static final int NOBODY = -1;

    private final Board board;
    private final List<PartitionName> stuck = new ArrayList<>();

    MustMove(Board board) {
        this.board = board;
    }

    /// Partitions that keep a copy on a broker that is to be emptied.
    List<PartitionName> stuck() {
        return stuck;
    }

    void emptyBrokers() {
        for (int broker = 0; broker < board.brokerCount(); broker++) {
            if (board.mustEmpty(broker)) {
                empty(broker);
            }
        }
    }

    private void empty(int broker) {
        BitSet held = (BitSet) board.held(broker).clone();
        for (int partition = held.nextSetBit(0); 0 <= partition; partition = held.nextSetBit(partition + 1)) {
            int to = placeFor(partition, broker);
            if (to != NOBODY) {
                board.moveReplica(partition, broker, to, Goal.EMPTY_BROKERS);
            } else if (!board.isMoving(partition)) {
                stuck.add(board.nameOf(partition));
            }
        }
    }

    /// The broker that gives the partition the most racks, and among these the one with the fewest replicas.
    private int placeFor(int partition, int from) {
        int best = NOBODY;
        int bestRacks = 0;
        for (int to = 0; to < board.brokerCount(); to++) {
            board.look();
            if (board.isRoomFor(partition, from, to)) {
                int racks = board.racksAfter(partition, from, to);
                boolean isBetter = best == NOBODY || bestRacks < racks
                        || (bestRacks == racks && board.replicas(to) < board.replicas(best));
                if (isBetter) {
                    best = to;
                    bestRacks = racks;
                }
            }
        }
        return best;
    }

    void spreadRacks() {
        for (int partition = 0; partition < board.partitionCount(); partition++) {
            while (addRack(partition)) {
                board.look();
            }
        }
    }

    /// Moves one copy to a rack that has none, from the fullest broker that can spare it; false when there is none.
    private boolean addRack(int partition) {
        int racks = board.racks(partition);
        if (racks == board.replicaCountOf(partition)) {
            return false;
        }
        int bestFrom = NOBODY;
        int bestTo = NOBODY;
        for (int from : board.replicasOf(partition)) {
            int to = placeFor(partition, from);
            boolean isBetter = to != NOBODY && racks < board.racksAfter(partition, from, to)
                    && (bestFrom == NOBODY || board.replicas(bestFrom) < board.replicas(from));
            if (isBetter) {
                bestFrom = from;
                bestTo = to;
            }
        }
        if (bestFrom == NOBODY) {
            return false;
        }
        board.moveReplica(partition, bestFrom, bestTo, Goal.SPREAD_RACKS);
        return true;
    }
}
