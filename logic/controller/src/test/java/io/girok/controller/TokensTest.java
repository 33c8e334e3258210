package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.metadata.DelegationToken;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final Principal ALICE = Principal.user("alice");
    private static final Principal BOB = Principal.user("bob");
    private static final Principal CAROL = Principal.user("carol");
    private static final long DAY_MS = 86_400_000;

    private final World world = new World(7);

    TokensTest() {
        world.nowMs = 1_000;
    }

    @Test
    void aTokenIsMadeForItsOwner() {
        DelegationToken token = create(7 * DAY_MS, DAY_MS);

        assertThat(token).isEqualTo(new DelegationToken(token.id(), ALICE, BOB, List.of(CAROL), 1_000,
                1_000 + 7 * DAY_MS, 1_000 + DAY_MS));
        assertThat(world.image.tokens()).containsOnlyKeys(token.id());
        assertThat(world.image.token(token.id())).isEqualTo(token);
    }

    @Test
    void noTokenLivesLongerThanItMay() {
        assertThat(create(500, DAY_MS).expiresMs()).isEqualTo(1_500);
        assertThat(create(Long.MAX_VALUE, Long.MAX_VALUE).expiresMs()).isEqualTo(Long.MAX_VALUE);

        DelegationToken token = create(2 * DAY_MS, DAY_MS);
        world.nowMs = DAY_MS;
        assertThat(world.run(new RenewToken(token.id(), ALICE, 5 * DAY_MS)).get().expiresMs())
                .isEqualTo(1_000 + 2 * DAY_MS);
        assertThat(world.run(new ExpireToken(token.id(), ALICE, Long.MAX_VALUE)).get().expiresMs())
                .isEqualTo(1_000 + 2 * DAY_MS);
    }

    @Test
    void theOwnerAndTheRenewersRenewAndEndItAndNobodyElse() {
        String id = create(7 * DAY_MS, DAY_MS).id();
        world.nowMs = 2_000;

        assertThat(world.run(new RenewToken(id, BOB, DAY_MS)).error())
                .isEqualTo(ControllerError.DELEGATION_TOKEN_OWNER_MISMATCH);
        assertThat(world.run(new RenewToken(id, ALICE, DAY_MS)).get().expiresMs()).isEqualTo(2_000 + DAY_MS);
        assertThat(world.run(new RenewToken(id, CAROL, 10)).get().expiresMs()).isEqualTo(2_010);
        assertThat(world.run(new ExpireToken(id, BOB, -1)).error())
                .isEqualTo(ControllerError.DELEGATION_TOKEN_OWNER_MISMATCH);
        assertThat(world.run(new ExpireToken(id, CAROL, 5)).get().expiresMs()).isEqualTo(2_005);
        assertThat(world.run(new ExpireToken(id, ALICE, -1)).get().expiresMs()).isEqualTo(2_000);
        assertThat(world.image.tokens()).isEmpty();
    }

    @Test
    void aTokenThatIsOverCanNotBeRenewedAndIsRemoved() {
        String id = create(7 * DAY_MS, DAY_MS).id();
        String longer = create(7 * DAY_MS, 2 * DAY_MS).id();

        world.nowMs = 1_000 + DAY_MS;
        assertThat(world.run(new RemoveExpiredTokens())).isZero();
        world.nowMs++;
        assertThat(world.run(new RenewToken(id, ALICE, DAY_MS)).error())
                .isEqualTo(ControllerError.DELEGATION_TOKEN_EXPIRED);
        assertThat(world.run(new ExpireToken(id, ALICE, -1)).error())
                .isEqualTo(ControllerError.DELEGATION_TOKEN_EXPIRED);
        assertThat(world.run(new RemoveExpiredTokens())).isEqualTo(1);

        assertThat(world.image.tokens()).containsOnlyKeys(longer);
        assertThat(world.run(new RenewToken(id, ALICE, DAY_MS)).error())
                .isEqualTo(ControllerError.DELEGATION_TOKEN_NOT_FOUND);
    }

    @Test
    void nobodyTakesMoreThanTheirShareOfTheMetadata() {
        assertThat(error(new CreateToken(ALICE, BOB, Collections.nCopies(101, CAROL), 1, 1)))
                .isEqualTo(ControllerError.INVALID_REQUEST);
        assertThat(error(new CreateToken(Principal.user("a".repeat(1_025)), BOB, List.of(), 1, 1)))
                .isEqualTo(ControllerError.INVALID_REQUEST);
        assertThat(error(new CreateToken(new Principal("Group", "a"), BOB, List.of(), 1, 1)))
                .isEqualTo(ControllerError.INVALID_REQUEST);
        assertThat(world.image.tokens()).isEmpty();
    }

    @Test
    void theRenewersOfATokenTakeAMeasureTogether() {
        List<Principal> most = Collections.nCopies(4, Principal.user("r".repeat(1_024)));
        assertThat(world.run(new CreateToken(ALICE, BOB, most, 1, 1)).isOk()).isTrue();

        List<Principal> more = Stream.concat(most.stream(), Stream.of(CAROL)).toList();
        assertThat(error(new CreateToken(ALICE, BOB, more, 1, 1))).isEqualTo(ControllerError.INVALID_REQUEST);
    }

    @Test
    void whoHasAskedForMostTokensLeavesSomeToOthers() {
        for (int i = 0; i < TokenChange.MAX_TOKENS_OF_REQUESTER; i++) {
            create(DAY_MS, DAY_MS);
        }

        assertThat(error(new CreateToken(ALICE, BOB, List.of(), DAY_MS, DAY_MS)))
                .isEqualTo(ControllerError.POLICY_VIOLATION);
        assertThat(world.run(new CreateToken(BOB, ALICE, List.of(), DAY_MS, DAY_MS)).isOk()).isTrue();
    }

    private ControllerError error(CreateToken command) {
        return world.run(command).error();
    }

    private DelegationToken create(long maxLifetimeMs, long lifetimeMs) {
        return world.run(new CreateToken(ALICE, BOB, List.of(CAROL), maxLifetimeMs, lifetimeMs)).get();
    }
}
