package io.girok.group;

import static io.girok.group.GroupFixture.INITIAL_DELAY_MS;
import static io.girok.group.GroupFixture.REBALANCE_MS;
import static io.girok.group.GroupFixture.SESSION_MS;
import static io.girok.group.GroupFixture.joiner;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// KIP-345: who has a name of its own may restart without a rebalance.
class StaticMembershipTest {
    private final GroupFixture fixture = new GroupFixture();

    private static Errors error(CompletableFuture<JoinGroupResponseData> answer) {
        return Errors.forCode(answer.join().errorCode());
    }

    /// A stable group of static members `a` (leads) and `b`; answers their ids.
    private List<String> stableGroup() {
        CompletableFuture<JoinGroupResponseData> a = fixture.join(joiner().instance("a"));
        CompletableFuture<JoinGroupResponseData> b = fixture.join(joiner().instance("b"));
        fixture.advance(INITIAL_DELAY_MS * 2);
        List<String> ids = List.of(a.join().memberId(), b.join().memberId());
        fixture.syncAll(1, ids);
        return ids;
    }

    @Test
    void aStaticMemberJoinsAtOnce() {
        CompletableFuture<JoinGroupResponseData> answer = fixture.join(joiner().instance("a"));
        fixture.advance(INITIAL_DELAY_MS);

        assertThat(error(answer)).isEqualTo(Errors.NONE);
        assertThat(answer.join().memberId()).startsWith("a-");
        assertThat(answer.join().members().getFirst().groupInstanceId()).isEqualTo("a");
    }

    @Test
    void aFollowerComesBackWithoutARebalance() {
        List<String> ids = stableGroup();

        CompletableFuture<JoinGroupResponseData> back = fixture.join(joiner().instance("b"));

        assertThat(error(back)).isEqualTo(Errors.NONE);
        assertThat(back.join().generationId()).isEqualTo(1);
        assertThat(back.join().memberId()).isNotEqualTo(ids.get(1));
        assertThat(fixture.describe().groupState()).isEqualTo("Stable");
        assertThat(fixture.heartbeat(ids.get(0), "a", 1)).isEqualTo(Errors.NONE);
        String work = new String(fixture.sync(back.join().memberId(), 1, Map.of()).join().assignment());
        assertThat(work).isEqualTo("work of " + ids.get(1));
    }

    @Test
    void theFormerLifeIsFenced() {
        List<String> ids = stableGroup();
        fixture.join(joiner().instance("b"));

        assertThat(fixture.heartbeat(ids.get(1), "b", 1)).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(fixture.leave(ids.get(1), "b")).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(error(fixture.join(joiner().id(ids.get(1)).instance("b")))).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(fixture.commit(fixture.request(GroupFixture.GROUP, ids.get(1), 1, GroupFixture.TOPIC, 1)
                .setGroupInstanceId("b"))).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(fixture.heartbeat(ids.get(1), "c", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aLeaderComesBackAndIsToldToLeaveTheAssignmentAlone() {
        List<String> ids = stableGroup();

        CompletableFuture<JoinGroupResponseData> back = fixture.join(joiner().instance("a"));

        assertThat(back.join().skipAssignment()).isTrue();
        assertThat(back.join().leader()).isEqualTo(back.join().memberId());
        assertThat(back.join().members()).hasSize(2)
                .anySatisfy(member -> assertThat(member.memberId()).isEqualTo(back.join().memberId()));
        assertThat(fixture.heartbeat(ids.get(1), "b", 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void anOlderLeaderIsMadeToBelieveThatSomebodyElseLeads() {
        List<String> ids = stableGroup();

        CompletableFuture<JoinGroupResponseData> back = fixture.join(joiner().instance("a").version(8));

        assertThat(back.join().skipAssignment()).isFalse();
        assertThat(back.join().leader()).isEqualTo(ids.get(0));
        assertThat(back.join().members()).isEmpty();
    }

    @Test
    void aReturnThatChangesTheProtocolStartsARebalance() {
        CompletableFuture<JoinGroupResponseData> a = fixture.join(joiner().instance("a").protocols("range", "sticky"));
        fixture.advance(INITIAL_DELAY_MS);
        fixture.syncAll(1, List.of(a.join().memberId()));

        CompletableFuture<JoinGroupResponseData> back = fixture
                .join(joiner().instance("a").protocols("sticky", "range"));

        assertThat(back.join().generationId()).isEqualTo(2);
        assertThat(back.join().protocolName()).isEqualTo("sticky");
    }

    @Test
    void theNewIdSurvivesACrash() {
        List<String> ids = stableGroup();
        String back = fixture.join(joiner().instance("b")).join().memberId();

        fixture.restart();

        assertThat(fixture.heartbeat(back, "b", 1)).isEqualTo(Errors.NONE);
        assertThat(fixture.heartbeat(ids.get(1), "b", 1)).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void anAbsentStaticMemberKeepsItsPlaceUntilItsSessionEnds() {
        fixture.join(joiner().instance("a"));
        var patient = joiner().instance("b");
        patient.sessionMs = REBALANCE_MS * 10;
        fixture.join(patient);
        fixture.advance(INITIAL_DELAY_MS * 2);
        List<String> ids = fixture.describe().members().stream().map(member -> member.memberId()).toList();
        fixture.syncAll(1, ids);
        // a wants another generation; b does not answer.
        CompletableFuture<JoinGroupResponseData> again = fixture.join(joiner().id(ids.get(0)).instance("a"));

        fixture.advance(REBALANCE_MS);
        assertThat(again.join().members()).hasSize(2);
        fixture.sync(ids.get(0), 2, GroupFixture.assignments(ids));
        fixture.advanceAlive(REBALANCE_MS * 2, 2, ids.get(0));

        assertThat(fixture.describe().groupState()).isEqualTo("Stable");
        assertThat(fixture.describe().members()).hasSize(2);
        fixture.advanceAlive(REBALANCE_MS * 9, 2, ids.get(0));
        assertThat(fixture.heartbeat(ids.get(0), 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aReturnDuringARebalanceTakesTheFormerPlace() {
        List<String> ids = stableGroup();
        CompletableFuture<JoinGroupResponseData> a = fixture.join(joiner().id(ids.get(0)).instance("a"));
        assertThat(a).isNotDone();

        CompletableFuture<JoinGroupResponseData> b = fixture.join(joiner().instance("b"));

        assertThat(a.join().generationId()).isEqualTo(2);
        assertThat(b.join().generationId()).isEqualTo(2);
        assertThat(a.join().members()).hasSize(2);
    }

    @Test
    void aJoinThatIsTakenOverIsFenced() {
        stableGroup();
        CompletableFuture<JoinGroupResponseData> rebalance = fixture.join(joiner().instance("c"));
        CompletableFuture<JoinGroupResponseData> twin = fixture.join(joiner().instance("c"));

        assertThat(error(rebalance)).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(twin).isNotDone();
    }

    @Test
    void anOperatorRemovesAMemberByItsInstance() {
        stableGroup();

        assertThat(fixture.leave("", "b")).isEqualTo(Errors.NONE);
        assertThat(fixture.leave("", "nobody")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.describe().groupState()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aSilentStaticMemberIsOutInTheEnd() {
        List<String> ids = stableGroup();

        fixture.advanceAlive(SESSION_MS, 1, ids.get(0));

        assertThat(fixture.describe().groupState()).isEqualTo("PreparingRebalance");
    }
}
