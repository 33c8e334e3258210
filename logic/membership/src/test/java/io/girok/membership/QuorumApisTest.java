package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.broker.TestAnswer;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.wire.NodeAddress;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterRequestData.Listener;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The quorum's APIs at the leader, node 1, of a quorum in memory, in which nodes 1, 2 and 3 are and 1 and 2 vote.
class QuorumApisTest {
    private static final String CLUSTER_ID = "the-cluster";
    private static final TopicId DIRECTORY = new TopicId(4, 2);

    private final SimulatedShard thread = new SimulatedShard(new ManualClock());
    private final InMemoryQuorum quorum = new InMemoryQuorum(thread);
    private final MetadataStore store = newStore();
    private final InMemoryMetadataLog log = start(1, store);
    private ApiTable table;
    private ApiTable ensembleTable;

    @BeforeEach
    void start() {
        start(2, newStore());
        start(3, newStore());
        List<byte[]> records = List.of(new MetadataRecord.ClusterCreated(CLUSTER_ID), registered(1), registered(2))
                .stream()
                .map(MetadataCodec::encode)
                .toList();
        log.append(log.leadership().epoch(), 0, records);
        thread.runAll();
        log.changeVoters(log.status().voterSet(), log.status().voterSet().without(3));
        thread.runAll();
        ControllerChannel channel = new ControllerChannel(new ControllerChannel.Route(1, log::leadership,
                (address, owner) -> {
                    throw new AssertionError("there is no other node");
                }, id -> id == 9 ? null : new NodeAddress("nodes-of-" + id, 9093)), thread);
        table = new ApiTable(new QuorumApis(log, store, channel, this::observer).rows());
        ensembleTable = new ApiTable(new QuorumApis(new ElectedByOthers(log), store, channel, this::observer).rows());
        channel.serveLocally(table);
    }

    private VoterStatus observer(int id) {
        return new VoterStatus(Voter.of(id), 2, 1_000, -1);
    }

    /// As on ZooKeeper.
    private record ElectedByOthers(MetadataLog log) implements MetadataLog {
        @Override
        public void start(MetadataListener listener) {
            log.start(listener);
        }

        @Override
        public Leadership leadership() {
            return log.leadership();
        }

        @Override
        public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
            return log.append(epoch, baseOffset, records);
        }

        @Override
        public CompletableFuture<Long> barrier() {
            return log.barrier();
        }

        @Override
        public CompletableFuture<@Nullable Void> resign(long epoch) {
            return log.resign(epoch);
        }

        @Override
        public CompletableFuture<Long> snapshot() {
            return log.snapshot();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private static MetadataStore newStore() {
        return new MetadataStore(failure -> {
            throw new AssertionError(failure);
        });
    }

    private InMemoryMetadataLog start(int id, MetadataStore listener) {
        InMemoryMetadataLog started = new InMemoryMetadataLog(id, quorum, thread);
        started.start(listener);
        thread.runAll();
        return started;
    }

    private static MetadataRecord registered(int id) {
        return new MetadataRecord.BrokerRegistered(id, new TopicId(id, 1),
                List.of(new Endpoint("PLAINTEXT", "node-" + id, 9092)), null, List.of(DIRECTORY));
    }

    private <T extends ApiMessage> T ask(ApiMessage body, int version, Class<T> answer) {
        TestAnswer asked = TestAnswer.ask(table, body, (short) version);
        thread.runAll();
        return asked.as(answer);
    }

    private Errors add(int version, AddRaftVoterRequestData body) {
        return Errors.forCode(ask(body, version, AddRaftVoterResponseData.class).errorCode());
    }

    private Errors remove(RemoveRaftVoterRequestData body) {
        return Errors.forCode(ask(body, 0, RemoveRaftVoterResponseData.class).errorCode());
    }

    private static AddRaftVoterRequestData adding(int id) {
        AddRaftVoterRequestData body = new AddRaftVoterRequestData().setClusterId(CLUSTER_ID).setVoterId(id);
        body.listeners().add(new Listener().setName("PLAINTEXT").setHost("node-" + id).setPort(9092));
        return body;
    }

    private static RemoveRaftVoterRequestData removing(int id) {
        return new RemoveRaftVoterRequestData().setClusterId(CLUSTER_ID).setVoterId(id);
    }

    private DescribeQuorumResponseData describe(int version, String topic, int partition) {
        return ask(new DescribeQuorumRequestData().setTopics(List.of(
                new DescribeQuorumRequestData.TopicData().setTopicName(topic)
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()
                                .setPartitionIndex(partition))))),
                version, DescribeQuorumResponseData.class);
    }

    private List<Integer> voters() {
        return new ArrayList<>(log.status()
                .voters()
                .stream()
                .map(voter -> voter.voter().id())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theQuorumIsDescribed(int version) {
        DescribeQuorumResponseData answer = describe(version, "__cluster_metadata", 0);

        DescribeQuorumResponseData.PartitionData partition = answer.topics().getFirst().partitions().getFirst();
        assertThat(partition.errorCode()).isZero();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.highWatermark()).isEqualTo(3);
        assertThat(partition.currentVoters()).extracting(voter -> voter.replicaId()).containsExactly(1, 2);
        assertThat(partition.currentVoters().getFirst().logEndOffset()).isEqualTo(3);
        if (2 <= version) {
            assertThat(partition.currentVoters().getFirst().replicaDirectoryId())
                    .isEqualTo(TopicUuids.of(DIRECTORY));
            assertThat(answer.nodes().find(2).listeners().find("PLAINTEXT").host()).isEqualTo("node-2");
        }
    }

    @Test
    void brokersThatDoNotVoteObserve() {
        remove(removing(2));

        DescribeQuorumResponseData.PartitionData partition = describe(2, "__cluster_metadata", 0).topics()
                .getFirst()
                .partitions()
                .getFirst();

        assertThat(partition.observers())
                .extracting(observer -> observer.replicaId(), observer -> observer.logEndOffset(),
                        observer -> observer.lastFetchTimestamp())
                .containsExactly(tuple(2, 2L, 1_000L));
    }

    @Test
    void whereAnEnsembleElectsTheLeaderIsTheOneVoter() {
        table = ensembleTable;

        DescribeQuorumResponseData answer = describe(2, "__cluster_metadata", 0);

        DescribeQuorumResponseData.PartitionData partition = answer.topics().getFirst().partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.leaderEpoch()).isEqualTo((int) log.leadership().epoch());
        assertThat(partition.highWatermark()).isEqualTo(3);
        assertThat(partition.currentVoters())
                .extracting(voter -> voter.replicaId(), voter -> voter.logEndOffset())
                .containsExactly(tuple(1, 3L));
        assertThat(partition.observers()).extracting(observer -> observer.replicaId()).containsExactly(2);
        assertThat(answer.nodes().find(1).listeners().find("PLAINTEXT").host()).isEqualTo("node-1");
        assertThat(add(1, adding(3))).isEqualTo(Errors.UNSUPPORTED_VERSION);
    }

    @Test
    void anotherTopicHasNoQuorum() {
        for (DescribeQuorumResponseData answer : List.of(describe(2, "orders", 0),
                describe(2, "__cluster_metadata", 1))) {
            assertThat(answer.topics().getFirst().partitions().getFirst().errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aVoterIsAddedAtItsListener(int version) {
        assertThat(add(version, adding(3))).isEqualTo(Errors.NONE);

        assertThat(voters()).containsExactly(1, 2, 3);
        assertThat(log.status().voters().getLast().voter().host()).isEqualTo("node-3");
    }

    @Test
    void withoutAListenerAVoterIsAddedWhereNodesReachIt() {
        assertThat(add(1, new AddRaftVoterRequestData().setClusterId(CLUSTER_ID).setVoterId(3))).isEqualTo(Errors.NONE);

        assertThat(log.status().voters().getLast().voter()).isEqualTo(new Voter(3, "nodes-of-3", 9093));
    }

    @Test
    void whatIsNoNewVoterIsNotAdded() {
        assertThat(add(1, adding(2))).isEqualTo(Errors.DUPLICATE_VOTER);
        assertThat(add(1, adding(3).setClusterId("another"))).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(add(1, new AddRaftVoterRequestData().setClusterId(CLUSTER_ID).setVoterId(9)))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(add(1, adding(9))).isEqualTo(Errors.REQUEST_TIMED_OUT);
        remove(removing(2));
        assertThat(add(1, adding(2).setVoterDirectoryId(new Uuid(7, 7)))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(voters()).containsExactly(1);
        assertThat(add(1, adding(2).setVoterDirectoryId(TopicUuids.of(DIRECTORY)))).isEqualTo(Errors.NONE);
    }

    @Test
    void aVoterIsRemovedByItsDirectory() {
        assertThat(remove(removing(9))).isEqualTo(Errors.VOTER_NOT_FOUND);
        assertThat(remove(removing(2).setVoterDirectoryId(new Uuid(7, 7)))).isEqualTo(Errors.VOTER_NOT_FOUND);
        assertThat(remove(removing(2).setClusterId("another"))).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(voters()).containsExactly(1, 2);
        assertThat(remove(removing(2).setVoterDirectoryId(TopicUuids.of(DIRECTORY)))).isEqualTo(Errors.NONE);
        assertThat(voters()).containsExactly(1);
        assertThat(remove(removing(1))).isEqualTo(Errors.INVALID_REQUEST);
    }
}
