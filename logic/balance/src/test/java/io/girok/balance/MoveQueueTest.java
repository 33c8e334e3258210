package io.girok.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MoveQueueTest {
    private final List<Move> moves = IntStream.range(0, 3)
            .mapToObj(index -> new Move(name(index), List.of(1), List.of(2), 10, List.of()))
            .toList();

    private static PartitionName name(int index) {
        return new PartitionName("orders", index);
    }

    @Test
    void asManyBeginAsMayAtOnceAndTheNextOnesWhenThoseHaveEnded() {
        MoveQueue queue = new MoveQueue(moves, 2);

        MoveQueue.Step first = queue.next(Set.of());
        MoveQueue.Step second = queue.next(Set.of(name(1)));

        assertThat(first).isEqualTo(new MoveQueue.Step(List.of(), moves.subList(0, 2)));
        assertThat(second).isEqualTo(new MoveQueue.Step(List.of(moves.get(0)), List.of(moves.get(2))));
        assertThat(queue.running()).containsExactly(moves.get(1), moves.get(2));
        assertThat(queue.endedCount()).isOne();
        assertThat(queue.endedBytes()).isEqualTo(10);
    }

    @Test
    void itIsDoneWhenTheLastMoveHasEnded() {
        MoveQueue queue = new MoveQueue(moves, 5);
        queue.next(Set.of());
        assertThat(queue.isDone()).isFalse();

        queue.next(Set.of());

        assertThat(queue.isDone()).isTrue();
        assertThat(queue.endedCount()).isEqualTo(3);
    }

    @Test
    void whatCopiesNothingNeedNotWaitForCopies() {
        Move order = new Move(name(3), List.of(1, 2), List.of(2, 1), 0, List.of());
        MoveQueue queue = new MoveQueue(List.of(moves.get(0), order, moves.get(1)), 1);

        assertThat(queue.next(Set.of()).begun()).containsExactly(moves.get(0), order);
    }

    @Test
    void whileOthersMoveNothingBegins() {
        MoveQueue queue = new MoveQueue(moves, 2);
        queue.next(Set.of());
        PartitionName other = new PartitionName("others", 0);

        MoveQueue.Step whileOthersMove = queue.next(Set.of(name(1), other));
        MoveQueue.Step afterwards = queue.next(Set.of(name(1)));

        assertThat(whileOthersMove).isEqualTo(new MoveQueue.Step(List.of(moves.get(0)), List.of()));
        assertThat(afterwards).isEqualTo(new MoveQueue.Step(List.of(), List.of(moves.get(2))));
    }

    @Test
    void stoppedItIsDoneWhenWhatHasBegunHasEnded() {
        MoveQueue queue = new MoveQueue(moves, 2);
        queue.next(Set.of());

        queue.stopBeginning();
        MoveQueue.Step last = queue.next(Set.of());

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
