package io.girok.simulation;

import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Reads one partition from its beginning: from its leader or, if it has a rack, from whom the leader sends it to
/// (KIP-392). Owned by the world's thread.
final class ReaderClient implements Client {
    private static final short VERSION = 12;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WAIT_MS = 100;
    /// What it was told last of where to read does not count for ever.
    private static final double ASK_ANEW = 0.02;
    private static final int NOBODY = -1;

    private final ClientLink link;
    private final History history;
    private final String topic;
    private final int partition;
    private final String rack;
    private long offset;
    private String lastAnswer = "nothing";
    private int recordsFromFollowers;
    private boolean isFinishing;

    /// @param rack empty for none
    ReaderClient(ClientLink link, History history, String topic, int partition, String rack) {
        this.link = link;
        this.history = history;
        this.topic = topic;
        this.partition = partition;
        this.rack = rack;
    }

    @Override
    public void start() {
        link.now(this::findLeader);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    /// It goes on reading, for others may go on writing.
    @Override
    public boolean isFinished() {
        return isFinishing && history.endOffset(partition) <= offset;
    }

    int recordsFromFollowers() {
        return recordsFromFollowers;
    }

    @Override
    public String toString() {
        return "the reader of partition " + partition + " in rack '" + rack + "' at offset " + offset
                + " of " + history.endOffset(partition) + ", which was told last: " + lastAnswer;
    }

    private void findLeader() {
        var _ = link.leaders(topic).thenAccept(leaders -> {
            int leader = leaders.getOrDefault(partition, -1);
            if (leader < 0) {
                link.later(20, 100, this::findLeader);
            } else {
                fetch(leader, leader);
            }
        });
    }

    private void fetch(int broker, int leader) {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(MAX_WAIT_MS)
                .setMinBytes(1)
                .setMaxBytes(MAX_BYTES)
                .setRackId(rack)
                .setTopics(List.of(new FetchTopic().setTopic(topic)
                        .setPartitions(List.of(new FetchPartition().setPartition(partition)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(MAX_BYTES)))));
        var _ = link.ask(broker, ApiKeys.FETCH, VERSION, request).handle((answer, failure) -> {
            int next = failure == null ? take(broker, leader, (FetchResponseData) answer) : NOBODY;
            if (next == NOBODY || link.world().chance(ASK_ANEW)) {
                link.later(20, 100, this::findLeader);
            } else {
                link.later(0, 20, () -> fetch(next, leader));
            }
            return true;
        });
    }

    /// Whom to ask next; [#NOBODY] when that is not known any more.
    private int take(int broker, int leader, FetchResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code() || answer.responses().isEmpty()) {
            return NOBODY;
        }
        PartitionData data = answer.responses().getFirst().partitions().getFirst();
        Errors error = Errors.forCode(data.errorCode());
        lastAnswer = error + " by broker " + broker + ", whose high watermark is " + data.highWatermark()
                + (data.preferredReadReplica() == NOBODY ? "" : ", to ask " + data.preferredReadReplica());
        // Who has been replaced and has not heard so may say so to a client that names no epoch (KIP-320).
        if (error == Errors.OFFSET_OUT_OF_RANGE && history.isLastLeader(topic, partition, broker)) {
            history.violation("everything before offset " + offset + " of partition " + partition
                    + " has been read, and its leader says that the offset is out of range");
        }
        if (error != Errors.NONE) {
            return NOBODY;
        }
        history.served(broker);
        if (data.preferredReadReplica() != NOBODY) {
            return data.preferredReadReplica();
        }
        long before = offset;
        read(data);
        recordsFromFollowers += broker == leader ? 0 : (int) (offset - before);
        return broker;
    }

    private void read(PartitionData data) {
        for (RecordBatch batch : ((MemoryRecords) data.records()).batches()) {
            for (Record each : batch) {
                if (each.offset() < offset) {
                    continue;
                }
                if (each.offset() != offset) {
                    history.violation("partition " + partition + " goes on at offset " + each.offset() + " after "
                            + (offset - 1));
                }
                history.read(partition, each.offset(), Texts.text(each.value()));
                offset = each.offset() + 1;
            }
        }
    }
}
