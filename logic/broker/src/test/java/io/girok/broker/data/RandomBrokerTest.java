package io.girok.broker.data;

import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.Compaction;
import io.girok.broker.LedPartition;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.cleaner.Cleaner;
import io.girok.log.LogDirectory;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;

/// A whole broker on disks that fail, fill up, and lose or tear in a crash what was not synced: what was acknowledged
/// is there, once, at its offset; of a compacted topic, the last record of each key.
///
/// A failure prints its seed; `-Dseed=` plays that one alone, `-Druns=` more of them.
class RandomBrokerTest {
    private static final int RUNS = 150;
    private static final int STEPS = 150;
    private static final List<Path> DIRECTORIES = List.of(Path.of("/data"), Path.of("/other"));
    private static final TopicId ORDERS = new TopicId(4, 4);
    private static final TopicId STATE = new TopicId(4, 5);
    private static final int PARTITIONS = 3;
    private static final int KEYS = 5;

    @Test
    void whatWasAcknowledgedIsThereWhateverTheDiskDoes() {
        Long fixed = Long.getLong("seed");
        long first = fixed != null ? fixed : 1;
        int runs = fixed != null ? 1 : Integer.getInteger("runs", RUNS);
        int served = 0;
        for (long seed = first; seed < first + runs; seed++) {
            try {
                served += new Play(seed).run();
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + " (again: -Dseed=" + seed + "): " + e, e);
            }
        }
        assertThat(served).as("produce requests that were acknowledged").isGreaterThan(5 * runs);
    }

    /// A record as it was sent.
    private record Sent(int key, String value) {}

    /// A partition as its clients know it.
    private static final class Model {
        private final String topic;
        private final TopicId id;
        private final int index;
        private final Map<String, Sent> sent = new HashMap<>();
        private final NavigableMap<Long, Sent> acknowledged = new TreeMap<>();
        private long deletedBelow;
        /// What a deletion that was not answered may have come to.
        private long perhapsDeletedBelow;

        Model(String topic, TopicId id, int index) {
            this.topic = topic;
            this.id = id;
            this.index = index;
        }

        boolean isCompacted() {
            return id.equals(STATE);
        }

        @Override
        public String toString() {
            return topic + "-" + index;
        }
    }

    private record Pending(Model model, List<Sent> records, TestAnswer answer) {}

    private static final class Play {
        private final SplittableRandom random;
        private final ManualClock clock = new ManualClock();
        private final MemoryDisk disk = new MemoryDisk(clock);
        private final List<Model> models = new ArrayList<>();
        private final List<Pending> pending = new ArrayList<>();
        private TestNode node;
        private Compaction compaction;
        private int nextValue;
        private int served;

        Play(long seed) {
            random = new SplittableRandom(seed);
            for (int index = 0; index < PARTITIONS; index++) {
                models.add(new Model("orders", ORDERS, index));
            }
            models.add(new Model("state", STATE, 0));
            start();
        }

        private void start() {
            List<MetadataRecord> topics = new ArrayList<>(TestNode.topic(ORDERS, "orders", PARTITIONS));
            topics.addAll(TestNode.topic(STATE, "state", 1));
            node = new TestNode(clock, disk, DIRECTORIES, topics);
            for (String topic : List.of("orders", "state")) {
                node.configure(topic, "segment.ms", "100");
                node.configure(topic, "index.interval.bytes", "100");
                node.configure(topic, "retention.ms", "-1");
                node.configure(topic, "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
            }
            node.configure("state", "cleanup.policy", "compact");
            node.configure("state", "min.cleanable.dirty.ratio", "0.01");
            compaction = Compaction.start(node.broker.partitions(), node.metadata,
                    new EffectiveSettings(Settings.parse(Map.of("log.cleaner.backoff.ms", "200")), TestNode.BROKER_ID),
                    new Cleaner.Surroundings(node.shards.getFirst(), node.pool, clock, 1, 2));
            node.runAll();
        }

        /// Answers how many requests were acknowledged.
        int run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                collect();
            }
            heal();
            crash();
            checkAll();
            stopClean();
            checkAll();
            return served;
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6, 7 -> send();
                case 8, 9, 10 -> {
                    for (int turns = random.nextInt(30); 0 < turns; turns--) {
                        node.runOne(random);
                    }
                }
                case 11, 12 -> node.advance(random.nextInt(300));
                case 13 -> node.directories().forEach(LogDirectory::checkpoint);
                case 14 -> deleteRecords();
                case 15 -> move();
                case 16 -> {
                    if (random.nextInt(3) == 0) {
                        plant();
                    }
                }
                case 17 -> disk.setCapacity(
                        random.nextInt(4) == 0 ? disk.usedBytes() + random.nextInt(3_000) : Long.MAX_VALUE);
                case 18 -> {
                    if (random.nextInt(2) == 0) {
                        heal();
                        crash();
                        checkAll();
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        node.advance(70_000);
                    } else if (random.nextInt(2) == 0) {
                        stopClean();
                    }
                }
            }
        }

        private void send() {
            Model model = models.get(random.nextInt(models.size()));
            List<Sent> records = new ArrayList<>();
            BatchBuilder batch = new BatchBuilder();
            for (int count = 1 + random.nextInt(4); 0 < count; count--) {
                Sent record = new Sent(random.nextInt(KEYS), nextValue++ + "x".repeat(random.nextInt(200)));
                batch.append(clock.wallMs(), bytes(Integer.toString(record.key)), bytes(record.value));
                records.add(record);
                model.sent.put(record.value, record);
            }
            short acks = random.nextInt(5) == 0 ? Messages.LEADER : Messages.ALL;
            TestAnswer answer = node.sendOnly(produce(model.topic, model.id, model.index, acks, batch.build()), 13);
            if (acks == Messages.ALL) {
                pending.add(new Pending(model, records, answer));
            }
        }

        private static ByteBuffer bytes(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        /// Takes note of what has been acknowledged.
        private void collect() {
            pending.removeIf(request -> {
                if (!request.answer.isThere()) {
                    return false;
                }
                var answer = only(request.answer.as(ProduceResponseData.class));
                if (answer.errorCode() == Errors.NONE.code()) {
                    served++;
                    long offset = answer.baseOffset();
                    for (Sent record : request.records) {
                        Sent other = request.model.acknowledged.put(offset++, record);
                        assertThat(other).as("two records at offset %d of %s", offset - 1, request.model).isNull();
                    }
                }
                return true;
            });
        }

        private void deleteRecords() {
            Model model = models.get(random.nextInt(PARTITIONS));
            if (model.acknowledged.isEmpty()) {
                return;
            }
            long offset = model.deletedBelow
                    + random.nextLong(model.acknowledged.lastKey() + 2 - Math.min(model.deletedBelow,
                            model.acknowledged.lastKey() + 1));
            model.perhapsDeletedBelow = Math.max(model.perhapsDeletedBelow, offset);
            TestAnswer answer = node.sendOnly(new DeleteRecordsRequestData().setTimeoutMs(1_000)
                    .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic().setName(model.topic)
                            .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                    .setPartitionIndex(model.index)
                                    .setOffset(offset))))),
                    2);
            node.runShards();
            if (answer.isThere()) {
                var result = answer.as(DeleteRecordsResponseData.class)
                        .topics()
                        .iterator()
                        .next()
                        .partitions()
                        .iterator()
                        .next();
                if (result.errorCode() == Errors.NONE.code()) {
                    model.deletedBelow = Math.max(model.deletedBelow, result.lowWatermark());
                }
            }
        }

        private void move() {
            Model model = models.get(random.nextInt(models.size()));
            AlterReplicaLogDirTopicCollection topics = new AlterReplicaLogDirTopicCollection();
            topics.add(new AlterReplicaLogDirTopic().setName(model.topic).setPartitions(List.of(model.index)));
            AlterReplicaLogDirCollection places = new AlterReplicaLogDirCollection();
            places.add(new AlterReplicaLogDir().setPath(DIRECTORIES.get(random.nextInt(2)).toString())
                    .setTopics(topics));
            node.sendOnly(new AlterReplicaLogDirsRequestData().setDirs(places), 2);
        }

        private void plant() {
            DiskOperation[] all = DiskOperation.values();
            DiskFault fault = DiskFault.nth(all[random.nextInt(all.length)], 1 + random.nextInt(8))
                    .after(random.nextInt(200));
            disk.plant(random.nextBoolean() ? fault : fault.lasting());
        }

        private void heal() {
            disk.removeFaults();
            disk.setCapacity(Long.MAX_VALUE);
        }

        private void crash() {
            collect();
            pending.clear();
            if (areDirectoriesWell() && random.nextInt(3) == 0) {
                // The process only: the machine keeps what was not synced, for the time being.
                disk.endProcess();
            } else {
                disk.crash(random.split());
            }
            start();
        }

        private boolean areDirectoriesWell() {
            return node.directories().stream().allMatch(directory -> directory.failure().isEmpty());
        }

        private void stopClean() {
            node.runAll();
            collect();
            var compacted = compaction.stop();
            node.runAll();
            var stopped = node.broker.stop();
            node.runAll();
            collect();
            boolean isWell = compacted.isDone() && stopped.isDone() && areDirectoriesWell();
            heal();
            if (isWell) {
                pending.clear();
                start();
            } else {
                crash();
            }
        }

        private void checkAll() {
            models.forEach(this::check);
        }

        private void check(Model model) {
            NavigableMap<Long, Sent> read = read(model);
            long previous = -1;
            for (Map.Entry<Long, Sent> entry : read.entrySet()) {
                Sent known = model.acknowledged.get(entry.getKey());
                if (known != null) {
                    assertThat(entry.getValue()).as("%s at %d", model, entry.getKey()).isEqualTo(known);
                }
                if (!model.isCompacted() && 0 <= previous) {
                    assertThat(entry.getKey()).as("offsets of %s are dense", model).isEqualTo(previous + 1);
                }
                previous = entry.getKey();
            }
            assertThat(read.values()).as("each record of %s is there once", model).doesNotHaveDuplicates();
            if (model.isCompacted()) {
                checkKeys(model, read);
            } else {
                model.acknowledged.tailMap(model.perhapsDeletedBelow)
                        .forEach((offset, record) -> assertThat(read.get(offset)).as("%s at %d", model, offset)
                                .isEqualTo(record));
            }
        }

        private static void checkKeys(Model model, NavigableMap<Long, Sent> read) {
            Map<Integer, Long> last = new HashMap<>();
            read.forEach((offset, record) -> last.put(record.key, offset));
            model.acknowledged.forEach((offset, record) -> assertThat(last.getOrDefault(record.key, -1L))
                    .as("the last record of key %d, acknowledged at %d", record.key, offset)
                    .isGreaterThanOrEqualTo(offset));
        }

        private NavigableMap<Long, Sent> read(Model model) {
            NavigableMap<Long, Sent> all = new TreeMap<>();
            long next = 0;
            boolean isMore = true;
            while (isMore) {
                FetchResponseData.PartitionData data = fetchFrom(model, next);
                if (data.errorCode() == Errors.OFFSET_OUT_OF_RANGE.code() && next < startOf(model)) {
                    next = startOf(model);
                    continue;
                }
                assertThat(Errors.forCode(data.errorCode())).as("reading %s from %d", model, next)
                        .isEqualTo(Errors.NONE);
                long before = next;
                if (data.records() instanceof MemoryRecords records) {
                    for (Record record : records.records()) {
                        next = record.offset() + 1;
                        String value = StandardCharsets.UTF_8.decode(record.value()).toString();
                        Sent sent = model.sent.get(value);
                        assertThat(sent).as("%s at %d has '%s'", model, record.offset(), value).isNotNull();
                        all.put(record.offset(), sent);
                    }
                    for (var batch : records.batches()) {
                        next = Math.max(next, batch.nextOffset());
                    }
                }
                isMore = before < next;
            }
            return all;
        }

        /// Of a log that is awake.
        private long startOf(Model model) {
            return ((LedPartition) node.broker.partitions().find(model.id, model.index)).leader()
                    .store()
                    .startOffset();
        }

        private FetchResponseData.PartitionData fetchFrom(Model model, long offset) {
            FetchResponseData.PartitionData data = null;
            for (int tries = 0; tries < 10; tries++) {
                data = only(node.send(fetch(model.topic, model.id, model.index, offset), 18)
                        .as(FetchResponseData.class));
                if (data.errorCode() != Errors.NOT_LEADER_OR_FOLLOWER.code()) {
                    return data;
                }
            }
            return data;
        }
    }
}
