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

/// Reads one partition from its beginning, whoever leads it. Owned by the world's thread.
final class ReaderClient implements Client {
    private static final short VERSION = 12;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WAIT_MS = 100;

    private final ClientLink link;
    private final History history;
    private final String topic;
    private final int partition;
    private long offset;
    private boolean isFinishing;

    ReaderClient(ClientLink link, History history, String topic, int partition) {
        this.link = link;
        this.history = history;
        this.topic = topic;
        this.partition = partition;
    }

    @Override
    public void start() {
        link.now(this::findLeader);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return isFinishing;
    }

    private void findLeader() {
        if (isFinishing) {
            return;
        }
        var _ = link.leaders(topic).thenAccept(leaders -> {
            int leader = leaders.getOrDefault(partition, -1);
            if (leader < 0) {
                link.later(20, 100, this::findLeader);
            } else {
                fetch(leader);
            }
        });
    }

    private void fetch(int leader) {
        if (isFinishing) {
            return;
        }
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(MAX_WAIT_MS)
                .setMinBytes(1)
                .setMaxBytes(MAX_BYTES)
                .setTopics(List.of(new FetchTopic().setTopic(topic)
                        .setPartitions(List.of(new FetchPartition().setPartition(partition)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(MAX_BYTES)))));
        var _ = link.ask(leader, ApiKeys.FETCH, VERSION, request).handle((answer, failure) -> {
            if (failure == null && take(leader, (FetchResponseData) answer)) {
                link.later(0, 20, () -> fetch(leader));
            } else {
                link.later(20, 100, this::findLeader);
            }
            return true;
        });
    }

    private boolean take(int leader, FetchResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code() || answer.responses().isEmpty()) {
            return false;
        }
        PartitionData data = answer.responses().getFirst().partitions().getFirst();
        Errors error = Errors.forCode(data.errorCode());
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            history.violation("everything before offset " + offset + " of partition " + partition
                    + " has been read, and its leader says that the offset is out of range");
        }
        if (error != Errors.NONE) {
            return false;
        }
        history.served(leader);
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
        return true;
    }
}
