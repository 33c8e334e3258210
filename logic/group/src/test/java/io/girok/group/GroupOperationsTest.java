package io.girok.group;

import static io.girok.group.GroupFixture.GROUP;
import static io.girok.group.GroupFixture.INITIAL_DELAY_MS;
import static io.girok.group.GroupFixture.SESSION_MS;
import static io.girok.group.GroupFixture.TOPIC;
import static io.girok.group.GroupFixture.joiner;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.coordinator.PartitionLog.FailureReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// What operators see and do, and what clients hear while the coordinator loads or leaves.
class GroupOperationsTest {
    private final GroupFixture fixture = new GroupFixture();

    private List<ListedGroup> list(List<String> states, List<String> types) {
        var answer = fixture.groups
                .list(new ListGroupsRequestData().setStatesFilter(states).setTypesFilter(types));
        fixture.shard.runAll();
        assertThat(answer.join().errorCode()).isZero();
        return answer.join().groups();
    }

    private Errors delete() {
        CompletableFuture<Errors> answer = fixture.groups.delete(GROUP);
        fixture.shard.runAll();
        return answer.join();
    }

    @Test
    void groupsAreListedByStateAndType() {
        fixture.stableGroup(1);
        fixture.commit("alone", "", -1, TOPIC, 1);

        assertThat(list(List.of(), List.of())).extracting(ListedGroup::groupId).containsOnly(GROUP, "alone");
        assertThat(list(List.of("stable"), List.of())).containsExactly(
                new ListedGroup().setGroupId(GROUP)
                        .setProtocolType("consumer")
                        .setGroupState("Stable")
                        .setGroupType("classic"));
        assertThat(list(List.of("Empty"), List.of("Classic"))).extracting(ListedGroup::groupId)
                .containsExactly("alone");
        assertThat(list(List.of(), List.of("share"))).isEmpty();
    }

    @Test
    void aStableGroupIsDescribedInFull() {
        List<String> ids = fixture.stableGroup(2);

        DescribedGroup described = fixture.describe();

        assertThat(described.protocolType()).isEqualTo("consumer");
        assertThat(described.protocolData()).isEqualTo("range");
        assertThat(described.members()).hasSize(2).allSatisfy(member -> {
            assertThat(member.clientId()).isEqualTo("client");
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(new String(member.memberAssignment())).isEqualTo("work of " + member.memberId());
            assertThat(member.memberMetadata()).isEqualTo(GroupFixture.subscription(TOPIC));
        });
        assertThat(described.members()).extracting(member -> member.memberId()).containsExactlyElementsOf(ids);
    }

    @Test
    void aGroupThatIsNotThereIsDeadForOldClients() {
        CompletableFuture<DescribedGroup> answer = fixture.groups.describe("nobody", (short) 5);
        fixture.shard.runAll();

        assertThat(answer.join().errorCode()).isZero();
        assertThat(answer.join().groupState()).isEqualTo("Dead");
    }

    @Test
    void onlyAnEmptyGroupIsDeleted() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 1);

        assertThat(delete()).isEqualTo(Errors.NON_EMPTY_GROUP);
        fixture.leave(ids.getFirst(), null);
        assertThat(delete()).isEqualTo(Errors.NONE);

        assertThat(delete()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(fixture.fetch()).isEqualTo(-1);
        fixture.restart();
        assertThat(fixture.describe().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void aGroupMayBeBornAgainAfterItsDeletion() {
        fixture.commit("", -1, 1);
        delete();

        fixture.stableGroup(1);

        assertThat(fixture.describe().groupState()).isEqualTo("Stable");
        assertThat(fixture.fetch()).isEqualTo(-1);
    }

    @Test
    void oldClientsLeaveOneByOne() {
        List<String> ids = fixture.stableGroup(1);
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(GROUP);

        var unknown = fixture.groups.leave(request.duplicate().setMemberId("nobody"), (short) 2);
        var known = fixture.groups.leave(request.duplicate().setMemberId(ids.getFirst()), (short) 2);
        fixture.shard.runAll();

        assertThat(unknown.join().errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(known.join().errorCode()).isZero();
        assertThat(known.join().members()).isEmpty();
    }

    @Test
    void aBrokerThatDoesNotLeadSaysSo() {
        fixture.groups.resign(0);

        assertThat(fixture.heartbeat("anybody", 1)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(fixture.commit("", -1, 1)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(delete()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(list(List.of(), List.of())).isEmpty();
    }

    @Test
    void parkedJoinsAreAnsweredWhenLeadershipGoes() {
        CompletableFuture<JoinGroupResponseData> parked = fixture.join(joiner().version(3));

        fixture.groups.resign(0);
        fixture.shard.runAll();

        assertThat(parked.join().errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code());
    }

    @Test
    void aCoordinatorThatLoadsAnswersWhatItsClientsUnderstand() {
        fixture.log.hold();
        fixture.log.plant(GroupRecordCodec.groupTombstone("nobody"));
        fixture.groups.resign(0);
        fixture.groups = fixture.start();

        var heartbeat = fixture.groups
                .heartbeat(new HeartbeatRequestData().setGroupId(GROUP).setMemberId("m").setGenerationId(1));
        var sync = fixture.groups.sync(new SyncGroupRequestData().setGroupId(GROUP).setMemberId("m"));
        CompletableFuture<JoinGroupResponseData> join = fixture.join(joiner());

        assertThat(fixture.commit("", -1, 1)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(heartbeat.join().errorCode()).isZero();
        assertThat(sync.join().errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        assertThat(join.join().errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    @Test
    void aFailedAppendLeavesNoTraceInTheGroup() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 5);
        fixture.log.refuse(FailureReason.UNAVAILABLE);

        assertThat(fixture.commit(ids.getFirst(), 1, 6)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        fixture.log.accept();
        fixture.advance(1_000);

        assertThat(fixture.fetch()).isEqualTo(5);
        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void whileTheLogTakesNothingGroupsGoOnWithWhatIsThere() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 42);
        int records = fixture.records().size();
        fixture.log.lackReplicas();

        assertThat(fixture.commit(ids.getFirst(), 1, 43)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(fixture.fetch()).isEqualTo(42);
        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);

        assertThat(fixture.leave(ids.getFirst(), null)).isEqualTo(Errors.NONE);
        assertThat(fixture.describe().groupState()).isEqualTo("Empty");
        assertThat(fixture.fetch()).isEqualTo(42);
        assertThat(fixture.records()).hasSize(records);

        fixture.log.accept();
        fixture.stableGroup(1);
        assertThat(fixture.fetch()).isEqualTo(42);
    }

    @Test
    void aFailedAssignmentMakesTheMembersJoinAgain() {
        String leader = fixture.newMemberId();
        fixture.join(joiner().id(leader));
        fixture.advance(INITIAL_DELAY_MS);
        fixture.log.refuse(FailureReason.UNAVAILABLE);

        var sync = fixture.sync(leader, 1, GroupFixture.assignments(List.of(leader)));
        fixture.log.accept();
        fixture.advance(1_000);

        assertThat(sync.join().errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(fixture.heartbeat(leader, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aReplayedMemberThatStaysSilentIsOut() {
        fixture.stableGroup(1);

        fixture.restart();
        fixture.advance(SESSION_MS * 2);

        assertThat(fixture.describe().groupState()).isEqualTo("Empty");
    }
}
