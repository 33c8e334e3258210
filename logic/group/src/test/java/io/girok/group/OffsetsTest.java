package io.girok.group;

import static io.girok.group.GroupFixture.GROUP;
import static io.girok.group.GroupFixture.INITIAL_DELAY_MS;
import static io.girok.group.GroupFixture.SESSION_MS;
import static io.girok.group.GroupFixture.TOPIC;
import static io.girok.group.GroupFixture.joiner;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Offsets are committed, read, deleted, and forgotten.
class OffsetsTest {
    private static final long RETENTION_MS = 86_400_000;
    private static final long CHECK_MS = 600_000;

    private final GroupFixture fixture = new GroupFixture();

    private OffsetDeleteResponseData delete(String topic) {
        OffsetDeleteRequestTopic asked = new OffsetDeleteRequestTopic().setName(topic)
                .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0)));
        CompletableFuture<OffsetDeleteResponseData> answer = fixture.groups.deleteOffsets(
                new OffsetDeleteRequestData().setGroupId(GROUP)
                        .setTopics(new OffsetDeleteRequestTopicCollection(List.of(asked).iterator())));
        fixture.shard.runAll();
        return answer.join();
    }

    private Errors deleteOne(String topic) {
        OffsetDeleteResponseData answer = delete(topic);
        return Errors.forCode(
                answer.errorCode() != 0
                        ? answer.errorCode()
                        : answer.topics().iterator().next().partitions().iterator().next().errorCode());
    }

    @Test
    void aCommittedOffsetIsReadAgain() {
        List<String> ids = fixture.stableGroup(1);

        assertThat(fixture.commit(ids.getFirst(), 1, 42)).isEqualTo(Errors.NONE);

        assertThat(fixture.fetch()).isEqualTo(42);
        assertThat(fixture.fetch(GROUP, "other")).isEqualTo(-1);
        assertThat(fixture.fetch("nobody", TOPIC)).isEqualTo(-1);
    }

    @Test
    void aCommittedOffsetSurvivesACrash() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 42);

        fixture.restart();

        assertThat(fixture.fetch()).isEqualTo(42);
        assertThat(fixture.heartbeat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);
        assertThat(fixture.commit(ids.getFirst(), 1, 43)).isEqualTo(Errors.NONE);
    }

    @Test
    void aConsumerWithoutAGroupCommitsWhatItLikes() {
        assertThat(fixture.commit("", -1, 7)).isEqualTo(Errors.NONE);

        assertThat(fixture.fetch()).isEqualTo(7);
        assertThat(fixture.describe().groupState()).isEqualTo("Empty");
        assertThat(fixture.describe().protocolType()).isEmpty();
    }

    @Test
    void onlyMembersOfTheGenerationCommitWhileThereAreMembers() {
        List<String> ids = fixture.stableGroup(1);

        assertThat(fixture.commit("", -1, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.commit("nobody", 1, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(fixture.commit(ids.getFirst(), 2, 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(fixture.commit("unheard", "member", 1, TOPIC, 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(fixture.fetch()).isEqualTo(-1);
    }

    @Test
    void aMemberCommitsWhileTheGroupPreparesButNotBeforeItKnowsItsAssignment() {
        List<String> ids = fixture.stableGroup(1);
        String newcomer = fixture.newMemberId();
        fixture.join(joiner().id(newcomer));

        assertThat(fixture.commit(ids.getFirst(), 1, 5)).isEqualTo(Errors.NONE);
        fixture.join(joiner().id(ids.getFirst()));

        assertThat(fixture.commit(ids.getFirst(), 2, 6)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(fixture.fetch()).isEqualTo(5);
    }

    @Test
    void anOperatorResetsAnEmptyGroup() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 100);
        fixture.advance(SESSION_MS * 2);

        assertThat(fixture.commit("", -1, 0)).isEqualTo(Errors.NONE);

        assertThat(fixture.fetch()).isZero();
    }

    @Test
    void aCommitIsASignOfLife() {
        List<String> ids = fixture.stableGroup(1);

        for (int i = 0; i < 10; i++) {
            fixture.advance(SESSION_MS - 1);
            assertThat(fixture.commit(ids.getFirst(), 1, i)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void aNoteThatIsTooLongIsRefused() {
        OffsetCommitRequestData request = fixture.request(GROUP, "", -1, TOPIC, 1);
        request.topics().getFirst().partitions().getFirst().setCommittedMetadata("x".repeat(101));

        assertThat(fixture.commit(request)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
        assertThat(fixture.records()).isEmpty();
    }

    @Test
    void aCommitIsAnsweredOnlyWhenItIsCommitted() {
        fixture.log.hold();

        CompletableFuture<OffsetCommitResponseData> answer = fixture.groups
                .commit(fixture.request(GROUP, "", -1, TOPIC, 1));
        fixture.shard.runAll();
        assertThat(answer).isNotDone();
        fixture.log.commit();
        fixture.shard.runAll();

        assertThat(answer).isDone();
    }

    /// With another error older Java consumers let their application fail.
    @Test
    void whoReadsOffsetsWhileNothingIsCommittedIsToldToAskAgain() {
        fixture.log.hold();
        var commit = fixture.groups.commit(fixture.request(GROUP, "", -1, TOPIC, 42));
        fixture.advance(10_000);
        assertThat(commit).isDone();

        CompletableFuture<OffsetFetchResponseGroup> answer = fixture.groups
                .fetch(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null));
        fixture.shard.runAll();

        assertThat(answer.join().errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    @Test
    void allOffsetsOfAGroupAreRead() {
        fixture.commit(GROUP, "", -1, TOPIC, 1);
        fixture.commit(GROUP, "", -1, "other", 2);

        CompletableFuture<OffsetFetchResponseGroup> answer = fixture.groups
                .fetch(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null));
        fixture.shard.runAll();

        assertThat(answer.join().topics()).hasSize(2)
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(1));
    }

    @Test
    void anOffsetIsDeletedUnlessSomebodyReadsTheTopic() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(GROUP, ids.getFirst(), 1, TOPIC, 1);
        fixture.commit(GROUP, ids.getFirst(), 1, "other", 2);

        assertThat(deleteOne(TOPIC)).isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(deleteOne("other")).isEqualTo(Errors.NONE);

        assertThat(fixture.fetch()).isEqualTo(1);
        assertThat(fixture.fetch(GROUP, "other")).isEqualTo(-1);
        fixture.restart();
        assertThat(fixture.fetch(GROUP, "other")).isEqualTo(-1);
    }

    @Test
    void offsetsOfAGroupThatIsNotThereOrNoConsumerAreNotDeleted() {
        assertThat(deleteOne(TOPIC)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);

        fixture.join(joiner().type("connect").version(3));
        fixture.advance(INITIAL_DELAY_MS);

        assertThat(deleteOne(TOPIC)).isEqualTo(Errors.NON_EMPTY_GROUP);
    }

    @Test
    void offsetsOfAnEmptyGroupAreForgottenSomeTimeAfterItBecameEmpty() {
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(ids.getFirst(), 1, 1);
        fixture.advanceAlive(RETENTION_MS / 100, 1, ids.getFirst());
        fixture.leave(ids.getFirst(), null);

        fixture.advance(RETENTION_MS - CHECK_MS);
        assertThat(fixture.fetch()).isEqualTo(1);
        fixture.advance(CHECK_MS * 2);

        assertThat(fixture.fetch()).isEqualTo(-1);
        assertThat(fixture.describe().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        fixture.restart();
        assertThat(fixture.describe().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void offsetsOfALivingGroupAreKeptForTheTopicsItReads() {
        fixture.restartWith(new GroupSettings(INITIAL_DELAY_MS, 6_000, 60_000, 3, 100, 50_000, 10_000));
        List<String> ids = fixture.stableGroup(1);
        fixture.commit(GROUP, ids.getFirst(), 1, TOPIC, 1);
        fixture.commit(GROUP, ids.getFirst(), 1, "other", 2);

        fixture.advanceAlive(80_000, 1, ids.getFirst());

        assertThat(fixture.fetch()).isEqualTo(1);
        assertThat(fixture.fetch(GROUP, "other")).isEqualTo(-1);
    }

    @Test
    void offsetsWithoutAGroupAreForgottenAfterTheirCommit() {
        fixture.commit("", -1, 1);

        fixture.advance(RETENTION_MS + CHECK_MS);

        assertThat(fixture.fetch()).isEqualTo(-1);
        assertThat(fixture.describe().errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void offsetsAreForgottenWithoutTheLogWhileItTakesNothing() {
        fixture.commit("", -1, 1);
        fixture.log.lackReplicas();
        int written = fixture.records().size();

        fixture.advance(RETENTION_MS + CHECK_MS);

        assertThat(fixture.fetch()).isEqualTo(-1);
        assertThat(fixture.records()).hasSize(written);
        fixture.restart();
        assertThat(fixture.fetch()).as("what a replay brings back").isEqualTo(1);
        fixture.advance(CHECK_MS);
        assertThat(fixture.fetch()).as("goes with the next check").isEqualTo(-1);
    }

    @Test
    void whatIsTooMuchForOneTurnIsForgottenInTheNext() {
        int count = 10_500;
        for (int i = 0; i < count; i++) {
            fixture.commit(fixture.request("group" + i, "", -1, TOPIC, 1).setRetentionTimeMs(1_000));
        }

        fixture.advance(CHECK_MS);

        assertThat(fixture.records()).hasSize(2 * count);
        assertThat(fixture.fetch("group" + (count - 1), TOPIC)).isEqualTo(-1);
    }

    @Test
    void aCommitMayBringItsOwnRetention() {
        fixture.commit(fixture.request(GROUP, "", -1, TOPIC, 1).setRetentionTimeMs(1_000));

        fixture.advance(CHECK_MS);

        assertThat(fixture.fetch()).isEqualTo(-1);
    }

    @Test
    void offsetsOfADeletedTopicGoEvenWhileTheLogTakesNothing() {
        fixture.commit("", -1, 42);
        fixture.topics.put(TOPIC, new TopicId(7, 7));
        fixture.log.lackReplicas();

        fixture.groups.topicsDeleted();
        fixture.shard.runAll();

        assertThat(fixture.fetch()).isEqualTo(-1);
        fixture.restart();
        assertThat(fixture.fetch()).isEqualTo(-1);
    }

    @Test
    void offsetsOfADeletedTopicGo() {
        fixture.commit(GROUP, "", -1, TOPIC, 1);
        fixture.commit(GROUP, "", -1, "other", 2);

        fixture.topics.remove(TOPIC);
        CompletableFuture<Void> done = fixture.groups.topicsDeleted();
        fixture.shard.runAll();

        assertThat(done).isDone();
        assertThat(fixture.fetch()).isEqualTo(-1);
        assertThat(fixture.fetch(GROUP, "other")).isEqualTo(2);
    }

    @Test
    void offsetsOfATopicThatWasCreatedAnewWhileTheBrokerWasDownGo() {
        fixture.commit(GROUP, "", -1, TOPIC, 1);
        fixture.topics.put(TOPIC, new TopicId(9, 9));

        fixture.restart();

        assertThat(fixture.fetch()).isEqualTo(-1);
        assertThat(fixture.written().getLast()).isEqualTo(
                new GroupRecord.OffsetCommit(new OffsetKey(GROUP, TOPIC, 0), null));
    }

    @Test
    void everyKafkaBrokerFindsTheSamePartition() {
        assertThat(GroupCoordinator.partitionFor("readers", 50)).isEqualTo(Math.abs("readers".hashCode()) % 50);
        // The hash of this text is Integer.MIN_VALUE, which has no absolute value.
        assertThat(GroupCoordinator.partitionFor("polygenelubricants", 50)).isZero();
    }
}
