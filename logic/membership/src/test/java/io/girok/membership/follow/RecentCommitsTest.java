package io.girok.membership.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.membership.follow.RecentCommits.Found;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentCommitsTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final RecentCommits recent = new RecentCommits(3, 1_000);

    @Test
    void aFollowerGetsWhatItLacksInOrder() {
        CommittedBatch first = add(5, 0, 2);
        CommittedBatch second = add(5, 2, 1);
        CommittedBatch third = add(6, 3, 1);

        assertThat(after(0, -1)).isEqualTo(new Found.Next(List.of(first, second, third)));
        assertThat(after(2, 5)).isEqualTo(new Found.Next(List.of(second, third)));
        assertThat(after(4, 6)).isEqualTo(new Found.Next(List.of()));
    }

    @Test
    void aFollowerThatKnowsMoreIsNotJudged() {
        add(5, 0, 2);

        assertThat(after(3, 7)).isEqualTo(new Found.Next(List.of()));
    }

    @Test
    void anotherEpochOfTheLastRecordIsADivergence() {
        add(5, 0, 2);
        add(6, 2, 1);

        assertThat(after(2, 4)).isEqualTo(new Found.Diverged(5));
        assertThat(after(3, 5)).isEqualTo(new Found.Diverged(6));
    }

    @Test
    void whatIsPastTheLimitOfBatchesIsForgotten() {
        add(5, 0, 1);
        add(6, 1, 1);
        add(6, 2, 1);
        CommittedBatch last = add(7, 3, 1);

        assertThat(recent.beginOffset()).isEqualTo(1);
        assertThat(after(0, -1)).isEqualTo(new Found.TooFarBehind());
        assertThat(after(1, 4)).isEqualTo(new Found.Diverged(5));
        assertThat(after(3, 6)).isEqualTo(new Found.Next(List.of(last)));
    }

    @Test
    void whatIsPastTheLimitOfBytesIsForgottenButNotTheLastBatch() {
        recent.add(new CommittedBatch(5, 0, List.of(new byte[900])));
        recent.add(new CommittedBatch(5, 1, List.of(new byte[2_000])));

        assertThat(recent.beginOffset()).isEqualTo(1);
        assertThat(recent.endOffset()).isEqualTo(2);
    }

    @Test
    void anAnswerHasOneBatchAtLeastAndNoMoreThanItsLimit() {
        CommittedBatch first = add(5, 0, 10);
        CommittedBatch second = add(5, 10, 10);
        add(5, 20, 10);

        assertThat(recent.after(LogPosition.START, 5)).isEqualTo(new Found.Next(List.of(first)));
        assertThat(recent.after(LogPosition.START, 20)).isEqualTo(new Found.Next(List.of(first, second)));
    }

    @Test
    void insideABatchNoFollowerCanGoOn() {
        add(5, 0, 4);

        assertThat(after(2, 5)).isEqualTo(new Found.TooFarBehind());
    }

    @Test
    void afterASnapshotTheLogGoesOnThere() {
        add(5, 0, 4);

        recent.restart(new LogPosition(100, 8));
        CommittedBatch next = add(9, 100, 1);

        assertThat(after(4, 5)).isEqualTo(new Found.TooFarBehind());
        assertThat(after(100, 8)).isEqualTo(new Found.Next(List.of(next)));
        assertThat(after(100, 7)).isEqualTo(new Found.Diverged(8));
    }

    @Test
    void afterASnapshotOfNothingWhoHasNothingGoesOn() {
        recent.restart(new LogPosition(0, 0));
        CommittedBatch first = add(3, 0, 1);

        assertThat(recent.after(LogPosition.START, NO_LIMIT)).isEqualTo(new Found.Next(List.of(first)));
    }

    private CommittedBatch add(long epoch, long firstOffset, int count) {
        CommittedBatch batch = new CommittedBatch(epoch, firstOffset,
                IntStream.range(0, count).mapToObj(index -> new byte[1]).toList());
        recent.add(batch);
        return batch;
    }

    private Found after(long endOffset, long lastEpoch) {
        return recent.after(new LogPosition(endOffset, lastEpoch), NO_LIMIT);
    }
}
