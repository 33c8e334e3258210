package io.girok.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiRow;
import io.girok.broker.TestConnection;
import io.girok.broker.access.Access;
import io.girok.broker.data.LeaderHints;
import io.girok.coordinator.simulated.MemoryPartitionLog;
import io.girok.group.GroupCoordinator;
import io.girok.group.GroupSettings;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
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
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The handlers between the wire and the coordinator; each answer is written in its version, as the network would.
class GroupApisTest {
    private static final String OFFSETS_TOPIC = "__consumer_offsets";
    private static final TopicId ORDERS = new TopicId(1, 1);

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final Topics topics = new Topics();
    private final Map<ApiKeys, ApiRow> rows = new HashMap<>();
    private GroupCoordinator groups;
    private int creations;

    /// Topics by name: their ids and partition counts.
    private final class Topics implements GroupCluster {
        final Map<String, TopicId> ids = new HashMap<>(Map.of("orders", ORDERS));
        final Map<String, Integer> counts = new HashMap<>(Map.of("orders", 2));

        @Override
        public TopicId idOf(String topic) {
            return ids.getOrDefault(topic, TopicId.ZERO);
        }

        @Override
        public String nameOf(TopicId id) {
            return ids.entrySet()
                    .stream()
                    .filter(each -> each.getValue().equals(id))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public int partitionCount(String topic) {
            return counts.getOrDefault(topic, 0);
        }

        @Override
        public int leaderOf(String topic, int partition) {
            return 3;
        }

        @Override
        public CompletableFuture<Void> createOffsetsTopic() {
            creations++;
            counts.put(OFFSETS_TOPIC, 1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public LeaderHints.Endpoint endpoint(int brokerId, String listenerName) {
            return listenerName.equals("PLAINTEXT") ? new Endpoint("host-" + brokerId, 9092, null) : null;
        }
    }

    /// Keeps the one answer.
    private static final class Kept implements Responder {
        final List<ApiMessage> answers = new ArrayList<>();

        @Override
        public void respond(ApiMessage body) {
            answers.add(body);
        }

        @Override
        public void respondNothing() {
            throw new AssertionError("an answer is wanted");
        }

        @Override
        public void closeConnection(String reason) {
            throw new AssertionError(reason);
        }
    }

    @BeforeEach
    void lead() {
        GroupApis apis = new GroupApis(GroupSettings.DEFAULT, 1_000_000, topics, clock, shard, () -> "unique");
        apis.rows(Access.OFF).forEach(row -> rows.put(row.api(), row));
        groups = apis.groups();
        groups.lead(0, new MemoryPartitionLog(1_000_000), shard);
        topics.counts.put(OFFSETS_TOPIC, 1);
        shard.runAll();
    }

    private Kept send(ApiMessage body, int version) {
        ApiKeys api = ApiKeys.forId(body.apiKey());
        Kept kept = new Kept();
        rows.get(api)
                .handler()
                .handle(
                        new Request(api, (short) version, 1, "client", body,
                                new TestConnection(Principal.ANONYMOUS, new InetSocketAddress("127.0.0.1", 50_000))),
                        kept);
        shard.runAll();
        return kept;
    }

    /// Sends, waits for the answer, and makes sure that the version can carry it.
    private <T extends ApiMessage> T ask(ApiMessage body, int version, Class<T> type) {
        Kept kept = send(body, version);
        shard.advance(10_000);
        assertThat(kept.answers).hasSize(1);
        ApiMessage answer = kept.answers.getFirst();
        assertThat(MessageUtil.toByteBufferAccessor(answer, (short) version).buffer().remaining()).isPositive();
        return type.cast(answer);
    }

    private static JoinGroupRequestData join(String memberId) {
        JoinGroupRequestData request = new JoinGroupRequestData().setGroupId("g")
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(600_000)
                .setRebalanceTimeoutMs(60_000);
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[]{1}));
        return request;
    }

    /// A stable group of one member; answers its id.
    private String stableGroup() {
        String id = ask(join(""), 3, JoinGroupResponseData.class).memberId();
        send(
                new SyncGroupRequestData().setGroupId("g")
                        .setMemberId(id)
                        .setGenerationId(1)
                        .setAssignments(
                                List.of(
                                        new SyncGroupRequestAssignment().setMemberId(id)
                                                .setAssignment(new byte[]{2}))),
                5);
        return id;
    }

    private static OffsetCommitRequestTopic commit(String name, Uuid id, int... partitions) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName(name).setTopicId(id);
        for (int partition : partitions) {
            topic.partitions()
                    .add(
                            new OffsetCommitRequestPartition().setPartitionIndex(partition)
                                    .setCommittedOffset(40 + partition));
        }
        return topic;
    }

    private static Uuid uuid(TopicId id) {
        return new Uuid(id.high(), id.low());
    }

    static Stream<Arguments> everyVersion() {
        return Stream.of(
                ApiKeys.FIND_COORDINATOR,
                ApiKeys.JOIN_GROUP,
                ApiKeys.SYNC_GROUP,
                ApiKeys.HEARTBEAT,
                ApiKeys.LEAVE_GROUP,
                ApiKeys.OFFSET_COMMIT,
                ApiKeys.OFFSET_FETCH,
                ApiKeys.OFFSET_DELETE,
                ApiKeys.LIST_GROUPS,
                ApiKeys.DESCRIBE_GROUPS,
                ApiKeys.DELETE_GROUPS)
                .flatMap(api -> api.allVersions().stream().map(version -> Arguments.of(api, version)));
    }

    private ApiMessage request(ApiKeys api, short version, String memberId) {
        return switch (api) {
            case FIND_COORDINATOR -> new FindCoordinatorRequestData().setKey("g").setCoordinatorKeys(List.of("g"));
            case JOIN_GROUP -> join(memberId);
            case SYNC_GROUP -> new SyncGroupRequestData().setGroupId("g").setMemberId(memberId).setGenerationId(1);
            case HEARTBEAT -> new HeartbeatRequestData().setGroupId("g").setMemberId(memberId).setGenerationId(1);
            case LEAVE_GROUP -> new LeaveGroupRequestData().setGroupId("g")
                    .setMemberId(memberId)
                    .setMembers(
                            version < 3 ? List.of() : List.of(new MemberIdentity().setMemberId(memberId)));
            case OFFSET_COMMIT -> new OffsetCommitRequestData().setGroupId("g")
                    .setMemberId(memberId)
                    .setGenerationIdOrMemberEpoch(1)
                    .setTopics(List.of(commit("orders", uuid(ORDERS), 0, 7)));
            case OFFSET_FETCH -> new OffsetFetchRequestData().setGroupId("g")
                    .setTopics(
                            List.of(
                                    new OffsetFetchRequestTopic().setName("orders")
                                            .setPartitionIndexes(List.of(0))))
                    .setGroups(
                            List.of(
                                    new OffsetFetchRequestGroup().setGroupId("g")
                                            .setTopics(
                                                    List.of(
                                                            new OffsetFetchRequestTopics().setName("orders")
                                                                    .setTopicId(uuid(ORDERS))
                                                                    .setPartitionIndexes(List.of(0))))));
            case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId("g");
            case LIST_GROUPS -> new ListGroupsRequestData();
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("g", "nobody"))
                    .setIncludeAuthorizedOperations(3 <= version);
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("g", "nobody"));
            default -> throw new AssertionError(api);
        };
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void everyVersionCarriesItsAnswerAndItsRefusal(ApiKeys api, short version) {
        ApiMessage refusal = ask(request(api, version, ""), version, ApiMessage.class);
        String memberId = stableGroup();

        ApiMessage answer = ask(request(api, version, memberId), version, ApiMessage.class);

        assertThat(answer).isNotNull();
        assertThat(refusal).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void everyVersionCanSayThatThisIsNotTheCoordinator(ApiKeys api, short version) {
        groups.resign(0);

        assertThat(ask(request(api, version, "m"), version, ApiMessage.class)).isNotNull();
    }

    @Test
    void theFirstToAskHasTheOffsetsTopicCreated() {
        topics.counts.remove(OFFSETS_TOPIC);

        FindCoordinatorResponseData answer = ask(
                new FindCoordinatorRequestData().setKey("g"),
                3,
                FindCoordinatorResponseData.class);

        assertThat(creations).isEqualTo(1);
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.nodeId()).isEqualTo(3);
        assertThat(answer.host()).isEqualTo("host-3");
    }

    @Test
    void severalCoordinatorsAreFoundAtOnce() {
        FindCoordinatorResponseData answer = ask(
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g", "h")),
                4,
                FindCoordinatorResponseData.class);

        assertThat(answer.coordinators()).hasSize(2)
                .allSatisfy(found -> assertThat(found.port()).isEqualTo(9092));
        assertThat(creations).isZero();
    }

    @Test
    void transactionsAndShareGroupsAreHonestlyRefused() {
        for (byte keyType : new byte[]{1, 2, 9}) {
            FindCoordinatorResponseData answer = ask(
                    new FindCoordinatorRequestData().setKeyType(keyType).setCoordinatorKeys(List.of("x")),
                    6,
                    FindCoordinatorResponseData.class);

            assertThat(answer.coordinators().getFirst().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(answer.coordinators().getFirst().errorMessage()).isNotEmpty();
        }
    }

    @Test
    void aMemberIsDescribedByTheAddressItCameFrom() {
        stableGroup();

        DescribeGroupsResponseData answer = ask(
                new DescribeGroupsRequestData().setGroups(List.of("g")),
                6,
                DescribeGroupsResponseData.class);

        assertThat(answer.groups().getFirst().members().getFirst().clientHost()).isEqualTo("/127.0.0.1");
        assertThat(answer.groups().getFirst().members().getFirst().memberId()).isEqualTo("client-unique");
    }

    @Test
    void offsetsOfPartitionsThatAreNotThereAreRefusedAndTheRestIsCommitted() {
        OffsetCommitRequestData request = new OffsetCommitRequestData().setGroupId("h")
                .setTopics(
                        List.of(commit("orders", Uuid.ZERO_UUID, 1, 2, -1), commit("gone", Uuid.ZERO_UUID, 0)));

        OffsetCommitResponseData answer = ask(request, 9, OffsetCommitResponseData.class);

        Map<String, Short> errors = new HashMap<>();
        answer.topics()
                .forEach(
                        topic -> topic.partitions()
                                .forEach(each -> errors.put(topic.name() + each.partitionIndex(), each.errorCode())));
        short unknown = Errors.UNKNOWN_TOPIC_OR_PARTITION.code();
        assertThat(errors).containsExactlyInAnyOrderEntriesOf(
                Map.of("orders1", (short) 0, "orders2", unknown, "orders-1", unknown, "gone0", unknown));
        assertThat(answer.topics()).hasSize(2);
    }

    @Test
    void offsetsAreCommittedAndReadByTopicId() {
        Uuid gone = new Uuid(9, 9);
        OffsetCommitResponseData committed = ask(
                new OffsetCommitRequestData().setGroupId("h")
                        .setTopics(List.of(commit("", uuid(ORDERS), 1), commit("", gone, 0))),
                10,
                OffsetCommitResponseData.class);
        OffsetFetchRequestGroup asked = new OffsetFetchRequestGroup().setGroupId("h")
                .setTopics(
                        List.of(
                                new OffsetFetchRequestTopics().setTopicId(uuid(ORDERS))
                                        .setPartitionIndexes(List.of(0, 1)),
                                new OffsetFetchRequestTopics().setTopicId(gone).setPartitionIndexes(List.of(0))));
        OffsetFetchResponseData some = ask(
                new OffsetFetchRequestData().setGroups(List.of(asked)),
                10,
                OffsetFetchResponseData.class);
        OffsetFetchResponseData all = ask(
                new OffsetFetchRequestData().setGroups(List.of(asked.duplicate().setTopics(null))),
                10,
                OffsetFetchResponseData.class);

        assertThat(committed.topics().get(0).partitions().getFirst().errorCode()).isZero();
        assertThat(committed.topics().get(1).partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        var topicsRead = some.groups().getFirst().topics();
        assertThat(topicsRead.get(0).topicId()).isEqualTo(uuid(ORDERS));
        assertThat(topicsRead.get(0).partitions()).extracting(each -> each.committedOffset()).containsExactly(-1L, 41L);
        assertThat(topicsRead.get(1).partitions().getFirst().errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(all.groups().getFirst().topics()).singleElement()
                .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(uuid(ORDERS)));
    }

    @Test
    void anOldFetchHasItsErrorInEveryPartition() {
        groups.resign(0);

        OffsetFetchResponseData answer = ask(
                request(ApiKeys.OFFSET_FETCH, (short) 1, ""),
                1,
                OffsetFetchResponseData.class);

        assertThat(answer.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.NOT_COORDINATOR.code());
    }

    @Test
    void offsetsOfTopicsThatAreNotThereAreNotDeleted() {
        send(
                new OffsetCommitRequestData().setGroupId("h")
                        .setTopics(List.of(commit("orders", Uuid.ZERO_UUID, 1))),
                9);
        OffsetDeleteRequestTopic orders = new OffsetDeleteRequestTopic().setName("orders")
                .setPartitions(
                        List.of(
                                new OffsetDeleteRequestPartition().setPartitionIndex(1),
                                new OffsetDeleteRequestPartition().setPartitionIndex(5)));

        OffsetDeleteResponseData answer = ask(
                new OffsetDeleteRequestData().setGroupId("h")
                        .setTopics(new OffsetDeleteRequestTopicCollection(List.of(orders).iterator())),
                0,
                OffsetDeleteResponseData.class);

        var partitions = answer.topics().find("orders").partitions();
        assertThat(partitions.find(1).errorCode()).isZero();
        assertThat(partitions.find(5).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void aGroupThatIsNamedTwiceIsDeletedOnce() {
        send(
                new OffsetCommitRequestData().setGroupId("h")
                        .setTopics(List.of(commit("orders", Uuid.ZERO_UUID, 1))),
                9);

        DeleteGroupsResponseData answer = ask(
                new DeleteGroupsRequestData().setGroupsNames(List.of("h", "h")),
                2,
                DeleteGroupsResponseData.class);

        assertThat(answer.results()).hasSize(1);
        assertThat(answer.results().find("h").errorCode()).isZero();
    }
}
