package io.girok.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Writes ever higher numbers under a few keys to the only partition of a compacted topic, one at a time, whatever becomes
/// of the one before. Owned by the world's thread.
final class KeyClient implements Client {
    private static final short PRODUCE_VERSION = 11;
    private static final int BROKER_LIMIT_MS = 2_000;
    private static final int KEYS = 5;

    private final ClientLink link;
    private final String topic;
    private final Map<String, Integer> acknowledged = new HashMap<>();
    /// Numbers that may be written at any time, or never: nothing was said of them.
    private final Set<Integer> uncertain = new HashSet<>();
    private int number;
    private boolean isFinishing;
    private boolean isBusy;

    KeyClient(ClientLink link, String topic) {
        this.link = link;
        this.topic = topic;
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
        return isFinishing && !isBusy;
    }

    /// What is wrong with the last number that the log has of each key; empty for nothing.
    List<String> violations(Map<String, String> lastByKey) {
        List<String> violations = new ArrayList<>();
        acknowledged.forEach((key, least) -> {
            String last = lastByKey.get(key);
            if (last == null || (Integer.parseInt(last) < least && !uncertain.contains(Integer.valueOf(last)))) {
                violations.add("the last record of " + key + " in " + topic + " is " + last + ", and " + least
                        + " was acknowledged");
            }
        });
        return violations;
    }

    private void findLeader() {
        isBusy = !isFinishing;
        if (isFinishing) {
            return;
        }
        var _ = link.leaders(topic).thenAccept(leaders -> {
            int leader = leaders.getOrDefault(0, -1);
            if (leader < 0) {
                link.later(20, 200, this::findLeader);
            } else {
                send(leader);
            }
        });
    }

    private void send(int leader) {
        isBusy = !isFinishing;
        if (isFinishing) {
            return;
        }
        int sent = ++number;
        String key = "key-" + link.world().random().nextInt(KEYS);
        SimpleRecord record = new SimpleRecord(link.world().clock().wallMs(), Texts.bytes(key),
                Texts.bytes(Integer.toString(sent)));
        PartitionProduceData data = new PartitionProduceData().setIndex(0)
                .setRecords(MemoryRecords.withRecords(Compression.NONE, record));
        ProduceRequestData request = new ProduceRequestData().setAcks((short) -1)
                .setTimeoutMs(BROKER_LIMIT_MS)
                .setTopicData(new TopicProduceDataCollection(
                        List.of(new TopicProduceData().setName(topic).setPartitionData(List.of(data))).iterator()));
        var _ = link.ask(leader, ApiKeys.PRODUCE, PRODUCE_VERSION, request).handle((answer, failure) -> {
            boolean isDone = failure == null && ((ProduceResponseData) answer).responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .getFirst()
                    .errorCode() == Errors.NONE.code();
            if (isDone) {
                acknowledged.put(key, sent);
                link.later(5, 100, () -> send(leader));
            } else {
                uncertain.add(sent);
                link.later(20, 200, this::findLeader);
            }
            return true;
        });
    }
}
