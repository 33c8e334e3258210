package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EvenSpreadTest {
    @Test
    void anyTwoPartitionsDifferByOneRecordAtMost() {
        for (int records : new int[]{1, 3, 4, 10, 101}) {
            EvenSpread spread = new EvenSpread(4);
            int[] counts = new int[4];
            for (int i = 0; i < records; i++) {
                counts[spread.next()]++;
            }

            for (int count : counts) {
                assertThat(count).isBetween(records / 4, (records + 3) / 4);
            }
        }
    }

    @Test
    void aKeyIsLeftToTheClient() {
        EvenSpread spread = new EvenSpread(2);

        assertThat(spread.partitionFor(new byte[0])).isNull();
        assertThat(spread.partitionFor(null)).isZero();
        assertThat(spread.partitionFor(new byte[]{1})).isNull();
        assertThat(spread.partitionFor(null)).isOne();
    }

    @Test
    void aTopicHasAPartition() {
        assertThatThrownBy(() -> new EvenSpread(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
