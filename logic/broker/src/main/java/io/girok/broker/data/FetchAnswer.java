package io.girok.broker.data;

import io.girok.base.FileSlice;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.files.EpochEnd;
import io.girok.record.producer.AbortedTransaction;
import io.girok.replication.FetchKey;
import io.girok.replication.FetchSessions.Begun;
import io.girok.replication.FetchedPartition;
import io.girok.wire.Request;
import io.girok.wire.SlicedRecords;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Makes the response of a fetch whose partitions have been read. Runs on the session's shard.
final class FetchAnswer {
    /// The leader alone could be said from version 12 on, its address only from here (KIP-951).
    private static final short FIRST_VERSION_WITH_LEADER = 16;

    private final Request request;
    private final Begun.Serve serve;
    private final List<FetchItem> items;
    private final Partitions partitions;
    private final LeaderHints leaderHints;
    private final FetchResponseData response = new FetchResponseData();

    FetchAnswer(Request request, Begun.Serve serve, List<FetchItem> items, Partitions partitions,
            LeaderHints leaderHints) {
        this.request = request;
        this.serve = serve;
        this.items = items;
        this.partitions = partitions;
        this.leaderHints = leaderHints;
    }

    FetchResponseData build() {
        response.setSessionId(serve.session().id());
        List<FetchableTopicResponse> topics = new ArrayList<>();
        FetchableTopicResponse topic = null;
        FetchKey previous = null;
        for (FetchItem item : items) {
            boolean isNews = serve.session().tell(item.wanted(), item.result());
            if (!isNews && !serve.isFull()) {
                continue;
            }
            FetchKey key = item.wanted().key();
            // Partitions of one topic that lie apart in the session make two entries: the order is what counts.
            if (topic == null || previous == null || !key.isSameTopic(previous)) {
                topic = new FetchableTopicResponse().setTopic(key.name())
                        .setTopicId(TopicUuids.of(key.topic()));
                topics.add(topic);
            }
            previous = key;
            topic.partitions().add(data(key, item.result()));
        }
        return response.setResponses(topics);
    }

    private PartitionData data(FetchKey key, FetchedPartition result) {
        PartitionData data = new PartitionData().setPartitionIndex(key.partition())
                .setErrorCode(result.error().code())
                .setHighWatermark(result.highWatermark())
                .setLastStableOffset(result.lastStableOffset())
                .setLogStartOffset(result.logStartOffset())
                .setPreferredReadReplica(result.preferredReplica())
                .setAbortedTransactions(aborted(result.abortedTransactions()))
                .setRecords(records(result.slices()));
        EpochEnd diverging = result.diverging();
        if (diverging != null) {
            data.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(diverging.leaderEpoch()).setEndOffset(diverging.endOffset()));
        }
        boolean isOtherLeader = result.error() == Errors.NOT_LEADER_OR_FOLLOWER
                || result.error() == Errors.FENCED_LEADER_EPOCH;
        if (FIRST_VERSION_WITH_LEADER <= request.version() && isOtherLeader) {
            hintLeader(data, key);
        }
        return data;
    }

    private void hintLeader(PartitionData data, FetchKey key) {
        Placement placement = key.topic().isZero()
                ? partitions.find(key.name(), key.partition())
                : partitions.find(key.topic(), key.partition());
        if (!(placement instanceof Placement.NotHere notHere) || notHere.leaderId() < 0) {
            return;
        }
        int leaderId = notHere.leaderId();
        data.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(leaderId).setLeaderEpoch(notHere.leaderEpoch()));
        LeaderHints.Endpoint endpoint = leaderHints.endpoint(leaderId, request.connection().listenerName());
        if (endpoint != null && response.nodeEndpoints().find(leaderId) == null) {
            response.nodeEndpoints()
                    .add(new NodeEndpoint().setNodeId(leaderId)
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(endpoint.rack()));
        }
    }

    private static @Nullable List<FetchResponseData.AbortedTransaction> aborted(
            @Nullable List<AbortedTransaction> transactions) {
        if (transactions == null) {
            return null;
        }
        List<FetchResponseData.AbortedTransaction> aborted = new ArrayList<>(transactions.size());
        for (AbortedTransaction transaction : transactions) {
            aborted.add(new FetchResponseData.AbortedTransaction().setProducerId(transaction.producerId())
                    .setFirstOffset(transaction.firstOffset()));
        }
        return aborted;
    }

    private static SlicedRecords records(List<FileSlice> slices) {
        if (slices.isEmpty()) {
            return SlicedRecords.EMPTY;
        }
        List<SlicedRecords.Part> parts = new ArrayList<>(slices.size());
        for (FileSlice slice : slices) {
            parts.add(new SlicedRecords.Part.InFile(slice));
        }
        return new SlicedRecords(parts);
    }
}
