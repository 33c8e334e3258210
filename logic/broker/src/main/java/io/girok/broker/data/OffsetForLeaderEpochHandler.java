package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.SpanningRequest;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.files.EpochEnd;
import io.girok.files.StorageFailed;
import io.girok.metadata.acl.AclOperation;
import io.girok.replication.PartitionLeader;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// OffsetForLeaderEpoch, versions 2 to 4: where a leader's epoch ends in the log (KIP-101, KIP-320). Immutable.
final class OffsetForLeaderEpochHandler implements ApiHandler {
    private final Partitions partitions;
    private final Access access;

    private record Item(LedPartition partition, OffsetForLeaderPartition wanted, EpochEndOffset answer) {}

    OffsetForLeaderEpochHandler(Partitions partitions, Access access) {
        this.partitions = partitions;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        OffsetForLeaderEpochRequestData body = (OffsetForLeaderEpochRequestData) request.body();
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        List<Item> items = new ArrayList<>();
        Permissions permissions = access.of(request);
        boolean isOfTheCluster = permissions.mayQuietlyOnCluster(AclOperation.CLUSTER_ACTION);
        for (OffsetForLeaderTopic topic : body.topics()) {
            List<EpochEndOffset> answers = new ArrayList<>(topic.partitions().size());
            boolean isAllowed = isOfTheCluster || permissions.mayOnTopic(AclOperation.DESCRIBE, topic.topic());
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                EpochEndOffset answer = new EpochEndOffset().setPartition(partition.partition())
                        .setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code());
                answers.add(answer);
                if (!isAllowed) {
                    answer.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                    continue;
                }
                switch (partitions.find(topic.topic(), partition.partition())) {
                    case LedPartition led -> items.add(new Item(led, partition, answer));
                    case Placement.NotHere notHere -> answer.setErrorCode(notHere.error().code());
                }
            }
            response.topics().add(new OffsetForLeaderTopicResult().setTopic(topic.topic()).setPartitions(answers));
        }
        SpanningRequest.run(items, item -> item.partition().shard(), OffsetForLeaderEpochHandler::answer,
                () -> responder.respond(response));
    }

    private static void answer(List<Item> items) {
        for (Item item : items) {
            Errors error = item.partition().wake();
            if (error == Errors.NONE) {
                error = item.partition().leader().check(item.wanted().currentLeaderEpoch());
            }
            if (error == Errors.NONE) {
                PartitionLeader leader = item.partition().leader();
                try {
                    EpochEnd end = leader.endOffsetFor(item.wanted().leaderEpoch());
                    item.answer().setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
                } catch (StorageFailed failure) {
                    // The leader has noted and logged it.
                    error = Errors.KAFKA_STORAGE_ERROR;
                }
            }
            item.answer().setErrorCode(error.code());
        }
    }
}
