package io.girok.balance;

/// Plans the moves that even out a layout. Owned by the one plan.
///
/// Goals are worked on in their order, and none gives up what an earlier one has reached. First what must move:
/// replicas of brokers that are to be emptied, copies that stand on one rack though they could stand on several. Then
/// counts and bytes, until neither gets better. Leaders come last: they only change the order of the replicas. A
/// partition that is moved more than once on the way has one move in the plan.
///
/// Every step makes the layout better by one and the same measure, so a plan that is made after a plan was carried out
/// is empty.
public final class BalancePlanner {
    private final Board board;
    private final Aims aims;

    BalancePlanner(Layout layout, Aims aims) {
        this.board = new Board(layout);
        this.aims = aims;
    }

    public static BalancePlan plan(Layout layout, Aims aims) {
        return new BalancePlanner(layout, aims).plan();
    }

    BalancePlan plan() {
        var before = board.loads();
        MustMove mustMove = new MustMove(board);
        if (aims.goals().contains(Goal.EMPTY_BROKERS)) {
            mustMove.emptyBrokers();
        }
        if (aims.goals().contains(Goal.SPREAD_RACKS)) {
            mustMove.spreadRacks();
        }
        boolean isBetter;
        do {
            isBetter = aims.goals().contains(Goal.EVEN_REPLICAS)
                    && new CountEvening(board, aims, new ReplicaTransfers(board)).run();
            // What is swapped for its bytes may open a way for counts that racks had closed.
            isBetter |= aims.goals().contains(Goal.EVEN_BYTES) && new ByteEvening(board, aims).run();
        } while (isBetter);
        if (aims.goals().contains(Goal.EVEN_LEADERS)) {
            new CountEvening(board, aims, new LeaderTransfers(board)).run();
        }
        return new BalancePlan(board.moves(), before, board.loads(), mustMove.stuck());
    }

    /// How many partitions were looked at, each time that one was: what planning costs.
    long looks() {
        return board.looks();
    }
}
