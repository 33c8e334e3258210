package io.girok.membership;

import io.girok.broker.ApiHandler;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;

/// DescribeQuorum, versions 0 to 2, for the one partition of the metadata log. Owned by the shard of who knows the
/// observers.
///
/// On ZooKeeper no node votes: the ensemble elects the leader, which is then the only one that has a say in what is
/// written. Kafka's tools look for the leader among the voters, so there it is the one voter.
final class DescribeQuorumHandler implements ApiHandler {
    /// And with directories.
    private static final short FIRST_WITH_NODES = 2;
    private static final String TOPIC = "__cluster_metadata";
    /// Of a voter that has no broker's listener to be named after.
    private static final String LISTENER = "PLAINTEXT";

    private final MetadataLog log;
    private final MetadataStore metadata;
    private final IntFunction<VoterStatus> observers;

    DescribeQuorumHandler(MetadataLog log, MetadataStore metadata, IntFunction<VoterStatus> observers) {
        this.log = log;
        this.metadata = metadata;
        this.observers = observers;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeQuorumResponseData answer = new DescribeQuorumResponseData();
        MetadataImage image = metadata.image();
        QuorumStatus status = withLeader(log.status(), image);
        for (DescribeQuorumRequestData.TopicData topic : ((DescribeQuorumRequestData) request.body()).topics()) {
            List<PartitionData> partitions = new ArrayList<>();
            topic.partitions()
                    .forEach(partition -> partitions
                            .add(partition(topic.topicName(), partition.partitionIndex(), status, image)));
            answer.topics().add(new TopicData().setTopicName(topic.topicName()).setPartitions(partitions));
        }
        if (request.version() < FIRST_WITH_NODES) {
            answer.topics().forEach(topic -> topic.partitions().forEach(DescribeQuorumHandler::leaveOutDirectories));
        } else {
            status.voters().forEach(voter -> answer.nodes().add(node(voter.voter(), image)));
        }
        responder.respond(answer);
    }

    private static QuorumStatus withLeader(QuorumStatus status, MetadataImage image) {
        if (!status.voters().isEmpty() || !status.leadership().isLeader()) {
            return status;
        }
        Voter leader = Voter.of(status.leadership().leaderId());
        return new QuorumStatus(status.leadership(), image.endOffset(), List.of(new VoterStatus(leader,
                image.endOffset(), QuorumStatus.UNKNOWN, QuorumStatus.UNKNOWN)));
    }

    private PartitionData partition(String topic, int index, QuorumStatus status, MetadataImage image) {
        PartitionData data = new PartitionData().setPartitionIndex(index);
        if (!topic.equals(TOPIC) || index != 0) {
            return data.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("the only quorum is that of partition 0 of '" + TOPIC + "'");
        }
        if (!status.leadership().isLeader()) {
            return data.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                    .setErrorMessage("node " + status.leadership().leaderId() + " leads the quorum");
        }
        return data.setLeaderId(status.leadership().leaderId())
                .setLeaderEpoch((int) status.leadership().epoch())
                .setHighWatermark(status.endOffset())
                .setCurrentVoters(status.voters().stream().map(voter -> replica(voter, image)).toList())
                .setObservers(image.brokers()
                        .stream()
                        .filter(broker -> !status.voterSet().contains(broker.id()))
                        .map(broker -> replica(observers.apply(broker.id()), image))
                        .toList());
    }

    private static void leaveOutDirectories(PartitionData partition) {
        partition.currentVoters().forEach(replica -> replica.setReplicaDirectoryId(Uuid.ZERO_UUID));
        partition.observers().forEach(replica -> replica.setReplicaDirectoryId(Uuid.ZERO_UUID));
    }

    private static ReplicaState replica(VoterStatus voter, MetadataImage image) {
        return new ReplicaState().setReplicaId(voter.voter().id())
                .setReplicaDirectoryId(QuorumDirectories.of(image, voter.voter().id()))
                .setLogEndOffset(voter.endOffset())
                .setLastFetchTimestamp(voter.lastHeardMs())
                .setLastCaughtUpTimestamp(voter.lastCaughtUpMs());
    }

    /// Where its voter's entry says that it is, or where it is registered as a broker.
    private static Node node(Voter voter, MetadataImage image) {
        ListenerCollection listeners = new ListenerCollection();
        BrokerImage broker = image.broker(voter.id());
        if (voter.hasAddress()) {
            listeners.add(new Listener().setName(LISTENER).setHost(voter.host()).setPort(voter.port()));
        } else if (broker != null) {
            for (Endpoint endpoint : broker.endpoints()) {
                if (!endpoint.isAsReached()) {
                    listeners.add(new Listener().setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port()));
                }
            }
        }
        return new Node().setNodeId(voter.id()).setListeners(listeners);
    }
}
