package io.girok.group;

import static io.girok.group.GroupFixture.GROUP;
import static io.girok.group.GroupFixture.INITIAL_DELAY_MS;
import static io.girok.group.GroupFixture.REBALANCE_MS;
import static io.girok.group.GroupFixture.SESSION_MS;
import static io.girok.group.GroupFixture.assignments;
import static io.girok.group.GroupFixture.joiner;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Members come, go, and fall silent.
class RebalanceTest {
    private final GroupFixture fixture = new GroupFixture();

    private static Errors error(CompletableFuture<JoinGroupResponseData> answer) {
        assertThat(answer).isDone();
        return Errors.forCode(answer.join().errorCode());
    }

    private static Errors errorOf(CompletableFuture<SyncGroupResponseData> answer) {
        assertThat(answer).isDone();
        return Errors.forCode(answer.join().errorCode());
    }

    private String state() {
        return fixture.describe().groupState();
    }

    @Test
    void aDynamicMemberIsToldItsIdFirst() {
        CompletableFuture<JoinGroupResponseData> answer = fixture.join(joiner());

        assertThat(error(answer)).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(answer.join().memberId()).startsWith("client-id");
    }

    @Test
    void anOldClientJoinsWithoutAnId() {
        CompletableFuture<JoinGroupResponseData> answer = fixture.join(joiner().version(3));
        fixture.advance(INITIAL_DELAY_MS);

        assertThat(error(answer)).isEqualTo(Errors.NONE);
        assertThat(answer.join().generationId()).isEqualTo(1);
    }

    @Test
    void aMemberIdThatIsNotUsedIsForgottenAndSoIsItsGroup() {
        String id = fixture.newMemberId();

        fixture.advance(SESSION_MS);

        assertThat(error(fixture.join(joiner().id(id)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.describe().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void theFirstGenerationWaitsForMoreMembers() {
        CompletableFuture<JoinGroupResponseData> first = fixture.join(joiner().id(fixture.newMemberId()));
        fixture.advance(2_000);
        CompletableFuture<JoinGroupResponseData> second = fixture.join(joiner().id(fixture.newMemberId()));
        fixture.advance(2_000);

        assertThat(first).isNotDone();
        fixture.advance(2_000);

        assertThat(first.join().generationId()).isEqualTo(1);
        assertThat(second.join().generationId()).isEqualTo(1);
        assertThat(first.join().members()).hasSize(2);
        assertThat(second.join().members()).isEmpty();
        assertThat(second.join().leader()).isEqualTo(first.join().memberId());
        assertThat(first.join().protocolName()).isEqualTo("range");
        assertThat(first.join().protocolType()).isEqualTo("consumer");
    }

    @Test
    void theInitialDelayNeverPassesTheRebalanceTimeout() {
        fixture.restartWith(new GroupSettings(INITIAL_DELAY_MS, 6_000, 60_000, 100, 100, 1, 1_000));
        CompletableFuture<JoinGroupResponseData> first = fixture.join(joiner().version(3));
        for (int i = 0; i < REBALANCE_MS / 2_000 - 1; i++) {
            fixture.advance(2_000);
            fixture.join(joiner().version(3));
        }
        assertThat(first).isNotDone();

        fixture.advance(INITIAL_DELAY_MS);

        assertThat(first).isDone();
    }

    @Test
    void everybodyGetsItsAssignmentOnceTheLeaderBroughtIt() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        String follower = fixture.newMemberId();
        fixture.join(joiner().id(follower));
        fixture.advance(INITIAL_DELAY_MS * 2);
        assertThat(state()).isEqualTo("CompletingRebalance");

        CompletableFuture<SyncGroupResponseData> early = fixture.sync(follower, 1, Map.of());
        assertThat(early).isNotDone();
        CompletableFuture<SyncGroupResponseData> bringing = fixture
                .sync(leader, 1, assignments(List.of(leader, follower)));

        assertThat(new String(early.join().assignment())).isEqualTo("work of " + follower);
        assertThat(new String(bringing.join().assignment())).isEqualTo("work of " + leader);
        assertThat(state()).isEqualTo("Stable");
        CompletableFuture<SyncGroupResponseData> late = fixture.sync(follower, 1, Map.of());
        assertThat(new String(late.join().assignment())).isEqualTo("work of " + follower);
        assertThat(late.join().protocolName()).isEqualTo("range");
    }

    @Test
    void aNewcomerMakesEverybodyJoinAgain() {
        List<String> ids = fixture.stableGroup(1);
        String newcomer = fixture.newMemberId();

        CompletableFuture<JoinGroupResponseData> joined = fixture.join(joiner().id(newcomer));

        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(joined).isNotDone();
        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.getFirst()));
        assertThat(joined.join().generationId()).isEqualTo(2);
        assertThat(again.join().generationId()).isEqualTo(2);
        assertThat(again.join().members()).hasSize(2);
    }

    @Test
    void whoDoesNotJoinInTimeIsOut() {
        List<String> ids = fixture.stableGroup(2);
        CompletableFuture<JoinGroupResponseData> leader = fixture.join(joiner().id(ids.get(0)));

        fixture.advanceAlive(REBALANCE_MS, 1, ids.get(1));

        assertThat(leader.join().generationId()).isEqualTo(2);
        assertThat(leader.join().members()).hasSize(1);
        assertThat(fixture.heartbeat(ids.get(1), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoFallsSilentIsOut() {
        List<String> ids = fixture.stableGroup(2);

        fixture.advanceAlive(SESSION_MS, 1, ids.get(0));

        assertThat(fixture.heartbeat(ids.get(0), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(fixture.heartbeat(ids.get(1), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoSendsHeartbeatsStays() {
        List<String> ids = fixture.stableGroup(2);

        fixture.advanceAlive(SESSION_MS * 10, 1, ids.get(0), ids.get(1));

        assertThat(state()).isEqualTo("Stable");
        assertThat(fixture.describe().members()).hasSize(2);
    }

    @Test
    void aGroupWithoutMembersIsWrittenAsEmpty() {
        List<String> ids = fixture.stableGroup(1);

        fixture.advance(SESSION_MS * 2);

        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.written().getLast()).isInstanceOfSatisfying(GroupRecord.GroupMetadata.class, record -> {
            assertThat(record.value().members()).isEmpty();
            assertThat(record.value().generation()).isEqualTo(2);
        });
        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aParkedMemberIsNotGivenUpWhileItWaits() {
        List<String> ids = fixture.stableGroup(2);
        CompletableFuture<JoinGroupResponseData> leader = fixture.join(joiner().id(ids.get(0)));

        fixture.advanceAlive(SESSION_MS * 2, 1, ids.get(1));
        fixture.join(joiner().id(ids.get(1)));

        assertThat(leader.join().members()).hasSize(2);
    }

    @Test
    void aLeaderThatNeverAssignsIsOut() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        String follower = fixture.newMemberId();
        fixture.join(joiner().id(follower));
        fixture.advance(INITIAL_DELAY_MS * 2);
        CompletableFuture<SyncGroupResponseData> parked = fixture.sync(follower, 1, Map.of());

        fixture.advanceAlive(REBALANCE_MS, 1, leader);

        assertThat(errorOf(parked)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(fixture.heartbeat(leader, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.heartbeat(follower, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aFollowerThatNeverSyncsIsOutEvenWhenTheGroupIsStable() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        String follower = fixture.newMemberId();
        fixture.join(joiner().id(follower));
        fixture.advance(INITIAL_DELAY_MS * 2);
        fixture.sync(leader, 1, Map.of());

        fixture.advanceAlive(REBALANCE_MS, 1, leader, follower);

        assertThat(fixture.heartbeat(follower, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.heartbeat(leader, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aMemberThatLeavesMakesTheOthersShareItsWork() {
        List<String> ids = fixture.stableGroup(2);

        assertThat(fixture.leave(ids.get(1), null)).isEqualTo(Errors.NONE);

        assertThat(state()).isEqualTo("PreparingRebalance");
        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.get(0)));
        assertThat(again.join().generationId()).isEqualTo(2);
        assertThat(fixture.leave("nobody", null)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theLeadersLeavingMakesAnotherOneLead() {
        List<String> ids = fixture.stableGroup(2);
        fixture.leave(ids.get(0), null);

        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.get(1)));

        assertThat(again.join().leader()).isEqualTo(ids.get(1));
        assertThat(again.join().members()).hasSize(1);
    }

    @Test
    void aNewcomerDuringTheAssignmentStartsAnew() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        String follower = fixture.newMemberId();
        fixture.join(joiner().id(follower));
        fixture.advance(INITIAL_DELAY_MS * 2);
        CompletableFuture<SyncGroupResponseData> parked = fixture.sync(follower, 1, Map.of());

        fixture.join(joiner().id(fixture.newMemberId()));

        assertThat(errorOf(parked)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(errorOf(fixture.sync(leader, 1, Map.of()))).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aJoinWhoseAnswerWasLostIsAnsweredAgain() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        fixture.advance(INITIAL_DELAY_MS);

        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(leader));

        assertThat(again.join().generationId()).isEqualTo(1);
        assertThat(again.join().members()).hasSize(1);
    }

    @Test
    void aFollowerThatJoinsAgainUnchangedDisturbsNobody() {
        List<String> ids = fixture.stableGroup(2);

        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.get(1)));

        assertThat(again.join().generationId()).isEqualTo(1);
        assertThat(again.join().members()).isEmpty();
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void aFollowerThatWantsOtherTopicsStartsARebalance() {
        List<String> ids = fixture.stableGroup(2);

        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.get(1)).topic("other"));

        assertThat(again).isNotDone();
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aSecondJoinOfOneMemberReplacesItsFirst() {
        List<String> ids = fixture.stableGroup(2);
        CompletableFuture<JoinGroupResponseData> first = fixture.join(joiner().id(ids.get(0)));

        CompletableFuture<JoinGroupResponseData> second = fixture.join(joiner().id(ids.get(0)));

        assertThat(error(first)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(second).isNotDone();
    }

    @Test
    void theProtocolIsOneThatAllSupportAndMostPrefer() {
        CompletableFuture<JoinGroupResponseData> first = fixture
                .join(joiner().id(fixture.newMemberId()).protocols("range", "sticky", "own"));
        fixture.join(joiner().id(fixture.newMemberId()).protocols("sticky", "range"));
        fixture.join(joiner().id(fixture.newMemberId()).protocols("sticky", "range"));
        fixture.advance(INITIAL_DELAY_MS * 2);

        assertThat(first.join().protocolName()).isEqualTo("sticky");
    }

    @Test
    void whoSpeaksAnotherProtocolIsRefused() {
        fixture.stableGroup(1);

        assertThat(error(fixture.join(joiner().protocols("other")))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(fixture.join(joiner().type("connect")))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(fixture.join(joiner().protocols()))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void aFullGroupTakesNobodyElse() {
        List<String> ids = fixture.stableGroup(3);

        assertThat(error(fixture.join(joiner()))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void requestsOfAnotherGenerationAreRefused() {
        List<String> ids = fixture.stableGroup(1);
        String id = ids.getFirst();

        assertThat(fixture.heartbeat(id, 2)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(errorOf(fixture.sync(id, 0, Map.of()))).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(errorOf(fixture.sync("nobody", 1, Map.of()))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aSyncThatBelievesInAnotherProtocolIsRefused() {
        List<String> ids = fixture.stableGroup(1);
        SyncGroupRequestData request = new SyncGroupRequestData().setGroupId(GROUP)
                .setMemberId(ids.getFirst())
                .setGenerationId(1)
                .setProtocolType("consumer")
                .setProtocolName("sticky");

        assertThat(errorOf(fixture.sync(request))).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void badRequestsAreRefusedBeforeAnythingIsLookedAt() {
        JoinGroupRequestData request = new JoinGroupRequestData().setGroupId("").setSessionTimeoutMs(SESSION_MS);
        Client client = new Client("", "", (short) 9);

        assertThat(error(fixture.groups.join(request, client))).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(error(fixture.groups.join(request.setGroupId("g").setSessionTimeoutMs(5_999), client)))
                .isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(error(fixture.groups.join(request.setSessionTimeoutMs(1_800_001), client)))
                .isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(
                error(
                        fixture.groups.join(
                                request.setSessionTimeoutMs(SESSION_MS).setGroupInstanceId("x".repeat(20_000)),
                                client)))
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void anAssignmentThatDoesNotFitIntoARecordIsRefused() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        fixture.advance(INITIAL_DELAY_MS);

        CompletableFuture<SyncGroupResponseData> answer = fixture.sync(leader, 1, Map.of(leader, "x".repeat(30_000)));

        assertThat(errorOf(answer)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(state()).isEqualTo("CompletingRebalance");
        assertThat(fixture.records()).isEmpty();
    }
}
