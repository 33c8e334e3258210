package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerLinksTest {
    @Test
    void whoWasRemovedFollowsTheVotersOfItsLogThoughItsSettingsNameNobodyElse() {
        assertThat(FollowerLinks.others(1, List.of(1), List.of(2, 3))).containsExactly(2, 3);
    }

    @Test
    void thoseThatAreSetAreFollowedToo() {
        assertThat(FollowerLinks.others(4, List.of(1, 2, 3), List.of())).containsExactly(1, 2, 3);
        assertThat(FollowerLinks.others(1, List.of(1, 2, 3), List.of(2, 5))).containsExactly(2, 5, 3);
    }
}
