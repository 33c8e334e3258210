package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.controller.CreateToken;
import io.girok.controller.RemoveExpiredTokens;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpiredTokensTest {
    private static final long INTERVAL_MS = 1_000;
    private static final long LEADER_EPOCH = 1;
    private static final Principal ALICE = Principal.user("alice");

    private final ControllerNode node = new ControllerNode();
    private final ExpiredTokens rounds = new ExpiredTokens(node.controller, node.store, node.shard, INTERVAL_MS);

    @BeforeEach
    void lead() {
        rounds.onLeader(LEADER_EPOCH);
        node.runAll();
    }

    @Test
    void whatIsOverIsRemovedInTheNextRound() {
        create(100);
        String longer = create(10 * INTERVAL_MS);

        node.advance(INTERVAL_MS - 1);
        assertThat(node.store.image().tokens()).hasSize(2);
        node.advance(1);

        assertThat(node.store.image().tokens()).containsOnlyKeys(longer);
        node.advance(10 * INTERVAL_MS);
        assertThat(node.store.image().tokens()).isEmpty();
    }

    @Test
    void moreThanOneRoundRemovesDoesNotWaitForTheNext() {
        for (int i = 0; i <= RemoveExpiredTokens.MAX_AT_ONCE; i++) {
            create(1);
        }

        node.advance(INTERVAL_MS);

        assertThat(node.store.image().tokens()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotLeadRemovesNothing() {
        create(1);
        rounds.onNotLeader(LEADER_EPOCH + 1);

        node.advance(3 * INTERVAL_MS);

        assertThat(node.store.image().tokens()).hasSize(1);
    }

    private String create(long lifetimeMs) {
        var created = node.controller.submit(new CreateToken(ALICE, ALICE, List.of(), lifetimeMs, lifetimeMs));
        node.runAll();
        return created.join().get().id();
    }
}
