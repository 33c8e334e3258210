package io.girok.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MoveQueueTest {
    private static final List<Integer> TO = List.of(2);

    private final List<Move> moves = IntStream.range(0, 3)
            .mapToObj(index -> new Move(name(index), List.of(1), TO, 10, List.of()))
            .toList();

    private static PartitionName name(int index) {
        return new PartitionName("orders", index);
    }

    @Test
    void asManyBeginAsMayAtOnceAndTheNextOnesWhenThoseHaveEnded() {
        MoveQueue queue = new MoveQueue(moves, 2);

        MoveQueue.Step first = queue.next(Map.of());
        MoveQueue.Step second = queue.next(Map.of(name(1), TO));

        assertThat(first).isEqualTo(new MoveQueue.Step(List.of(), moves.subList(0, 2)));
        assertThat(second).isEqualTo(new MoveQueue.Step(List.of(moves.get(0)), List.of(moves.get(2))));
        assertThat(queue.running()).containsExactly(moves.get(1), moves.get(2));
        assertThat(queue.endedCount()).isOne();
        assertThat(queue.endedBytes()).isEqualTo(10);
    }

    @Test
    void itIsDoneWhenTheLastMoveHasEnded() {
        MoveQueue queue = new MoveQueue(moves, 5);
        queue.next(Map.of());
        assertThat(queue.isDone()).isFalse();

        queue.next(Map.of());

        assertThat(queue.isDone()).isTrue();
        assertThat(queue.endedCount()).isEqualTo(3);
    }

    @Test
    void whatCopiesNothingNeedNotWaitForCopies() {
        Move order = new Move(name(3), List.of(1, 2), List.of(2, 1), 0, List.of());
        MoveQueue queue = new MoveQueue(List.of(moves.get(0), order, moves.get(1)), 1);

        assertThat(queue.next(Map.of()).begun()).containsExactly(moves.get(0), order);
    }

    @Test
    void whileOthersMoveNothingBegins() {
        MoveQueue queue = new MoveQueue(moves, 2);
        queue.next(Map.of());
        PartitionName other = new PartitionName("others", 0);

        MoveQueue.Step whileOthersMove = queue.next(Map.of(name(1), TO, other, TO));
        MoveQueue.Step afterwards = queue.next(Map.of(name(1), TO));

        assertThat(whileOthersMove).isEqualTo(new MoveQueue.Step(List.of(moves.get(0)), List.of()));
        assertThat(afterwards).isEqualTo(new MoveQueue.Step(List.of(), List.of(moves.get(2))));
    }

    @Test
    void aPartitionThatSomebodyElseMovesToAnotherPlaceIsNoMoveOfThePlan() {
        MoveQueue queue = new MoveQueue(moves, 2);
        queue.next(Map.of());

        MoveQueue.Step overtaken = queue.next(Map.of(name(0), List.of(3), name(1), TO));

        assertThat(overtaken).isEqualTo(new MoveQueue.Step(List.of(moves.get(0)), List.of()));
        assertThat(queue.running()).containsExactly(moves.get(1));
    }

    @Test
    void stoppedItIsDoneWhenWhatHasBegunHasEnded() {
        MoveQueue queue = new MoveQueue(moves, 2);
        queue.next(Map.of());

        queue.stopBeginning();
        MoveQueue.Step last = queue.next(Map.of());

        assertThat(last).isEqualTo(new MoveQueue.Step(moves.subList(0, 2), List.of()));
        assertThat(queue.isDone()).isTrue();
    }

    @Test
    void throttledCopiesAreThosePresentAndThoseToBe() {
        List<Move> copying = List.of(
                new Move(name(0), List.of(1, 2), List.of(3, 2), 10, List.of()),
                new Move(name(1), List.of(1, 2), List.of(2, 1), 0, List.of()));

        assertThat(ThrottledCopies.of(copying))
                .isEqualTo(Map.of("orders", new ThrottledCopies(List.of("0:1", "0:2"), List.of("0:3"))));
    }
}
