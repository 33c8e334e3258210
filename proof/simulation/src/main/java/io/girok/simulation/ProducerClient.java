package io.girok.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/// An idempotent producer for one partition, with several batches in flight: one that failed is sent again, and with it
/// all that follow it, in order (KIP-98). After a while it ends, and begins again as another producer. Owned by the
/// world's thread.
final class ProducerClient implements Client {
    private static final short PRODUCE_VERSION = 11;
    private static final short INIT_VERSION = 4;
    private static final int MAX_IN_FLIGHT = 5;
    private static final int MAX_BATCHES_OF_AN_ID = 60;
    private static final int MAX_RECORDS = 3;
    private static final int BROKER_LIMIT_MS = 2_000;
    private static final Set<Errors> RETRIABLE = EnumSet.of(Errors.NOT_LEADER_OR_FOLLOWER, Errors.FENCED_LEADER_EPOCH,
            Errors.UNKNOWN_LEADER_EPOCH, Errors.NOT_ENOUGH_REPLICAS, Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            Errors.REQUEST_TIMED_OUT, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.KAFKA_STORAGE_ERROR,
            Errors.LEADER_NOT_AVAILABLE);

    private final ClientLink link;
    private final History history;
    private final String name;
    private final String topic;
    private final int partition;
    private final Deque<Batch> open = new ArrayDeque<>();
    private long producerId = -1;
    private short producerEpoch;
    private int nextSequence;
    private int batchesOfThisId;
    private int batchCount;
    private int attempt;
    private int leader = -1;
    private boolean isFinishing;
    private boolean isBackingOff;
    private int acknowledged;

    private static final class Batch {
        private final int number;
        private final int sequence;
        private final List<String> values;
        private boolean isSent;

        Batch(int number, int sequence, List<String> values) {
            this.number = number;
            this.sequence = sequence;
            this.values = values;
        }
    }

    ProducerClient(ClientLink link, History history, String name, String topic, int partition) {
        this.link = link;
        this.history = history;
        this.name = name;
        this.topic = topic;
        this.partition = partition;
    }

    @Override
    public void start() {
        link.now(this::begin);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return isFinishing && open.isEmpty();
    }

    int acknowledgedBatches() {
        return acknowledged;
    }

    private void begin() {
        InitProducerIdRequestData request = new InitProducerIdRequestData().setTransactionalId(null)
                .setTransactionTimeoutMs(Integer.MAX_VALUE);
        var _ = link.ask(link.anyBroker(), ApiKeys.INIT_PRODUCER_ID, INIT_VERSION, request)
                .handle((answer, failure) -> {
                    if (failure == null && ((InitProducerIdResponseData) answer).errorCode() == Errors.NONE.code()) {
                        InitProducerIdResponseData given = (InitProducerIdResponseData) answer;
                        producerId = given.producerId();
                        producerEpoch = given.producerEpoch();
                        nextSequence = 0;
                        batchesOfThisId = link.world().between(1, MAX_BATCHES_OF_AN_ID);
                        backOff();
                        produceMore();
                    } else {
                        link.later(50, 200, this::begin);
                    }
                    return true;
                });
    }

    private void produceMore() {
        if (isFinishing) {
            return;
        }
        if (batchesOfThisId <= 0) {
            if (open.isEmpty()) {
                link.now(this::begin);
            } else {
                link.later(1, 60, this::produceMore);
            }
            return;
        }
        // No further ahead of the oldest open one than brokers remember.
        if (open.isEmpty() || batchCount - open.element().number < MAX_IN_FLIGHT) {
            int count = link.world().between(1, MAX_RECORDS);
            List<String> values = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                values.add(name + ":" + producerId + ":" + (nextSequence + i));
            }
            open.add(new Batch(batchCount++, nextSequence, values));
            nextSequence += count;
            batchesOfThisId--;
            send();
        }
        link.later(1, 60, this::produceMore);
    }

    /// Whoever leads now gets everything that is open.
    private void backOff() {
        if (isBackingOff) {
            return;
        }
        isBackingOff = true;
        attempt++;
        leader = -1;
        open.forEach(batch -> batch.isSent = false);
        link.later(10, 100, () -> {
            var _ = link.leaders(topic).thenAccept(leaders -> {
                isBackingOff = false;
                leader = leaders.getOrDefault(partition, -1);
                if (leader < 0) {
                    backOff();
                } else {
                    send();
                }
            });
        });
    }

    private void send() {
        if (leader < 0) {
            return;
        }
        int thisAttempt = attempt;
        int itsLeader = leader;
        for (Batch batch : List.copyOf(open)) {
            if (!batch.isSent) {
                batch.isSent = true;
                var _ = link.ask(leader, ApiKeys.PRODUCE, PRODUCE_VERSION, request(batch)).handle((answer, failure) -> {
                    answered(batch, itsLeader, thisAttempt, failure == null ? answer : null);
                    return true;
                });
            }
        }
    }

    private ProduceRequestData request(Batch batch) {
        long now = link.world().clock().wallMs();
        SimpleRecord[] records = batch.values.stream()
                .map(value -> new SimpleRecord(now, null, Texts.bytes(value)))
                .toArray(SimpleRecord[]::new);
        PartitionProduceData data = new PartitionProduceData().setIndex(partition)
                .setRecords(MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, producerEpoch,
                        batch.sequence, records));
        return new ProduceRequestData().setAcks((short) -1)
                .setTimeoutMs(BROKER_LIMIT_MS)
                .setTopicData(new TopicProduceDataCollection(
                        List.of(new TopicProduceData().setName(topic).setPartitionData(List.of(data))).iterator()));
    }

    private void answered(Batch batch, int itsLeader, int itsAttempt, @Nullable ApiMessage answer) {
        if (answer == null) {
            if (itsAttempt == attempt) {
                backOff();
            }
            return;
        }
        PartitionProduceResponse told = ((ProduceResponseData) answer).responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
        Errors error = Errors.forCode(told.errorCode());
        if (error == Errors.NONE) {
            history.served(itsLeader);
            for (int i = 0; i < batch.values.size(); i++) {
                history.acknowledged(partition, told.baseOffset() + i, batch.values.get(i));
            }
            done(batch);
        } else if (error == Errors.DUPLICATE_SEQUENCE_NUMBER) {
            batch.values.forEach(history::acknowledgedSomewhere);
            done(batch);
        } else if (itsAttempt != attempt) {
            return;
        } else if (RETRIABLE.contains(error)) {
            backOff();
        } else if (error == Errors.OUT_OF_ORDER_SEQUENCE_NUMBER && open.peek() != batch) {
            // One before it did not get through.
            backOff();
        } else {
            history.violation("producer " + name + " is told " + error + " for sequence " + batch.sequence
                    + " by broker " + leader + ", and everything before it was acknowledged");
            backOff();
        }
    }

    private void done(Batch batch) {
        if (open.remove(batch)) {
            acknowledged++;
        }
    }
}
