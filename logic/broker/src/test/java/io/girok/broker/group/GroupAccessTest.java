package io.girok.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.broker.TestAnswer;
import io.girok.broker.access.Access;
import io.girok.broker.access.Audit;
import io.girok.broker.data.LeaderHints;
import io.girok.coordinator.simulated.MemoryPartitionLog;
import io.girok.group.GroupSettings;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.AclAdded;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.setting.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The APIs of groups with authorization: what Alice, who is nobody in particular, gets to know and to do.
class GroupAccessTest {
    private static final short DENIED_GROUP = Errors.GROUP_AUTHORIZATION_FAILED.code();
    private static final Settings SETTINGS = Settings.parse(Map.of("authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users", "User:root"));
    private static final AclPattern GROUP = AclPattern.literal(AclResource.GROUP, "g");

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private MetadataImage image = MetadataImage.EMPTY;
    private ApiTable table;

    /// The topics `orders` and `secret` with a partition each, and `__consumer_offsets`.
    private static final class Topics implements GroupCluster {
        private static final List<String> NAMES = List.of("orders", "secret", "__consumer_offsets");

        @Override
        public TopicId idOf(String topic) {
            int index = NAMES.indexOf(topic);
            return index < 0 ? TopicId.ZERO : new TopicId(1, 1 + index);
        }

        @Override
        public String nameOf(TopicId id) {
            return NAMES.stream().filter(name -> idOf(name).equals(id)).findFirst().orElse(null);
        }

        @Override
        public int partitionCount(String topic) {
            return NAMES.contains(topic) ? 1 : 0;
        }

        @Override
        public int leaderOf(String topic, int partition) {
            return 3;
        }

        @Override
        public CompletableFuture<Void> createOffsetsTopic() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public LeaderHints.Endpoint endpoint(int brokerId, String listenerName) {
            return new Endpoint("host-" + brokerId, 9092, null);
        }
    }

    @BeforeEach
    void lead() {
        GroupApis apis = new GroupApis(GroupSettings.DEFAULT, 1_000_000, new Topics(), clock, shard, () -> "unique");
        table = new ApiTable(apis.rows(Access.of(SETTINGS, () -> image, Audit.logging(clock))));
        apis.groups().lead(0, new MemoryPartitionLog(1_000_000), shard);
        shard.runAll();
        for (String group : List.of("g", "hidden")) {
            askAs("root", commit(group, topic("orders"), topic("secret")), 8, OffsetCommitResponseData.class);
        }
    }

    private void allow(AclPattern pattern, AclOperation operation) {
        image = ImageChange.of(image, List.of(new AclAdded(Acl.allow(pattern, "User:alice", operation)))).image();
    }

    private static AclPattern topicPattern(String name) {
        return AclPattern.literal(AclResource.TOPIC, name);
    }

    private <T extends ApiMessage> T askAs(String user, ApiMessage body, int version, Class<T> type) {
        TestAnswer answer = TestAnswer.ask(table, body, (short) version, Principal.user(user));
        shard.runAll();
        return answer.as(type);
    }

    private <T extends ApiMessage> T ask(ApiMessage body, int version, Class<T> type) {
        return askAs("alice", body, version, type);
    }

    private static OffsetCommitRequestTopic topic(String name) {
        return new OffsetCommitRequestTopic().setName(name)
                .setPartitions(List.of(new OffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(7)));
    }

    private static OffsetCommitRequestData commit(String group, OffsetCommitRequestTopic... topics) {
        return new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(topics));
    }

    @Test
    void aMemberMayReadItsGroup() {
        JoinGroupRequestData join = new JoinGroupRequestData().setGroupId("g")
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000);

        assertThat(ask(join, 5, JoinGroupResponseData.class).errorCode()).isEqualTo(DENIED_GROUP);
        assertThat(ask(new SyncGroupRequestData().setGroupId("g").setMemberId("m"), 5, SyncGroupResponseData.class)
                .errorCode()).isEqualTo(DENIED_GROUP);
        assertThat(ask(new HeartbeatRequestData().setGroupId("g").setMemberId("m"), 4, HeartbeatResponseData.class)
                .errorCode()).isEqualTo(DENIED_GROUP);
        assertThat(ask(new LeaveGroupRequestData().setGroupId("g"), 5, LeaveGroupResponseData.class).errorCode())
                .isEqualTo(DENIED_GROUP);

        allow(GROUP, AclOperation.READ);

        assertThat(ask(new HeartbeatRequestData().setGroupId("g").setMemberId("m"), 4, HeartbeatResponseData.class)
                .errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    private short coordinator(byte type, String key) {
        return ask(new FindCoordinatorRequestData().setKeyType(type).setCoordinatorKeys(List.of(key)), 4,
                FindCoordinatorResponseData.class).coordinators().getFirst().errorCode();
    }

    @Test
    void aCoordinatorIsForThoseWhoMayDescribeWhatItCoordinates() {
        assertThat(coordinator((byte) 0, "g")).isEqualTo(DENIED_GROUP);
        assertThat(coordinator((byte) 1, "g")).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
        assertThat(coordinator((byte) 2, "g")).isEqualTo(DENIED_GROUP);

        allow(GROUP, AclOperation.READ);

        assertThat(coordinator((byte) 0, "g")).isZero();
        assertThat(coordinator((byte) 0, "other")).isEqualTo(DENIED_GROUP);
    }

    private List<String> committed(OffsetCommitRequestTopic... topics) {
        return ask(commit("g", topics), 8, OffsetCommitResponseData.class).topics()
                .stream()
                .map(topic -> topic.name() + " " + Errors.forCode(topic.partitions().getFirst().errorCode()))
                .toList();
    }

    @Test
    void offsetsAreCommittedForTopicsThatMayBeRead() {
        assertThat(committed(topic("orders"))).containsExactly("orders GROUP_AUTHORIZATION_FAILED");

        allow(GROUP, AclOperation.READ);
        allow(topicPattern("orders"), AclOperation.READ);

        assertThat(committed(topic("orders"), topic("secret"), topic("nothing"))).containsExactlyInAnyOrder(
                "orders NONE", "secret TOPIC_AUTHORIZATION_FAILED", "nothing TOPIC_AUTHORIZATION_FAILED");
        assertThat(ask(commit("g", topic("").setTopicId(new Uuid(1, 2)), topic("").setTopicId(new Uuid(9, 9))), 10,
                OffsetCommitResponseData.class).topics())
                .extracting(each -> Errors.forCode(each.partitions().getFirst().errorCode()))
                .containsExactly(Errors.TOPIC_AUTHORIZATION_FAILED, Errors.UNKNOWN_TOPIC_ID);
    }

    private OffsetFetchResponseData fetched(String group, List<String> topics) {
        OffsetFetchRequestGroup wanted = new OffsetFetchRequestGroup().setGroupId(group)
                .setTopics(topics == null
                        ? null
                        : topics.stream()
                                .map(name -> new OffsetFetchRequestTopics().setName(name)
                                        .setPartitionIndexes(List.of(0)))
                                .toList());
        return ask(new OffsetFetchRequestData().setGroups(List.of(wanted)), 8, OffsetFetchResponseData.class);
    }

    @Test
    void offsetsAreToldOfTopicsThatMayBeDescribed() {
        assertThat(fetched("g", null).groups().getFirst().errorCode()).isEqualTo(DENIED_GROUP);

        allow(GROUP, AclOperation.DESCRIBE);
        allow(topicPattern("orders"), AclOperation.DESCRIBE);

        assertThat(fetched("g", null).groups().getFirst().topics()).extracting(topic -> topic.name())
                .containsExactly("orders");
        assertThat(fetched("g", List.of("orders", "secret", "nothing")).groups().getFirst().topics())
                .extracting(topic -> topic.name() + " " + topic.partitions().getFirst().committedOffset() + " "
                        + Errors.forCode(topic.partitions().getFirst().errorCode()))
                .containsExactlyInAnyOrder("orders 7 NONE", "secret -1 TOPIC_AUTHORIZATION_FAILED",
                        "nothing -1 TOPIC_AUTHORIZATION_FAILED");
        assertThat(fetched("hidden", null).groups().getFirst().errorCode()).isEqualTo(DENIED_GROUP);
        assertThat(ask(new OffsetFetchRequestData().setGroupId("hidden").setTopics(null), 5,
                OffsetFetchResponseData.class).errorCode()).isEqualTo(DENIED_GROUP);
    }

    private OffsetDeleteResponseData deleteOffsets() {
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        for (String name : List.of("orders", "secret")) {
            topics.add(new OffsetDeleteRequestTopic().setName(name)
                    .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        }
        return ask(new OffsetDeleteRequestData().setGroupId("g").setTopics(topics), 0, OffsetDeleteResponseData.class);
    }

    @Test
    void offsetsAreDeletedOfGroupsThatMayBeDeletedAndTopicsThatMayBeRead() {
        assertThat(deleteOffsets().errorCode()).isEqualTo(DENIED_GROUP);

        allow(GROUP, AclOperation.DELETE);
        allow(topicPattern("orders"), AclOperation.READ);

        assertThat(deleteOffsets().topics())
                .extracting(topic -> topic.name() + " "
                        + Errors.forCode(topic.partitions().iterator().next().errorCode()))
                .containsExactlyInAnyOrder("orders NONE", "secret TOPIC_AUTHORIZATION_FAILED");
    }

    @Test
    void operatorsSeeTheGroupsThatTheyMayDescribe() {
        assertThat(listed()).isEmpty();

        allow(GROUP, AclOperation.DESCRIBE);
        assertThat(listed()).containsExactly("g");
        assertThat(ask(new DescribeGroupsRequestData().setGroups(List.of("g", "hidden"))
                .setIncludeAuthorizedOperations(true), 5, DescribeGroupsResponseData.class).groups())
                .extracting(group -> group.groupId() + " " + Errors.forCode(group.errorCode()) + " "
                        + group.authorizedOperations())
                .containsExactly("g NONE " + AclOperation.DESCRIBE.bit(),
                        "hidden GROUP_AUTHORIZATION_FAILED " + Integer.MIN_VALUE);

        allow(AclPattern.cluster(), AclOperation.DESCRIBE);
        assertThat(listed()).containsExactlyInAnyOrder("g", "hidden");
    }

    private List<String> listed() {
        return ask(new ListGroupsRequestData(), 4, ListGroupsResponseData.class).groups()
                .stream()
                .map(group -> group.groupId())
                .toList();
    }

    @Test
    void groupsAreDeletedByThoseWhoMay() {
        allow(GROUP, AclOperation.DELETE);

        DeleteGroupsResponseData told = ask(new DeleteGroupsRequestData().setGroupsNames(List.of("g", "hidden")), 2,
                DeleteGroupsResponseData.class);

        assertThat(told.results().find("g").errorCode()).isZero();
        assertThat(told.results().find("hidden").errorCode()).isEqualTo(DENIED_GROUP);
    }
}
