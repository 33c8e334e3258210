package io.girok.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.TopicId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetadataImageTest {
    private static final PartitionImage PARTITION = new PartitionImage(List.of(1), List.of(TopicId.ZERO), List.of(1), 1,
            0, 0);
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void recordsBuildTheImage() {
        TopicId id = new TopicId(1, 2);

        MetadataImage image = ImageChange.of(
                MetadataImage.EMPTY,
                List.of(
                        new MetadataRecord.ClusterCreated("cluster"),
                        new MetadataRecord.BrokerRegistered(1, new TopicId(9, 9),
                                List.of(new Endpoint("PLAINTEXT", "", 9092)), null, List.of(new TopicId(3, 3))),
                        new MetadataRecord.BrokerFenced(1, false),
                        new MetadataRecord.TopicCreated(id, "orders"),
                        new MetadataRecord.PartitionsAdded(id, 0, List.of(PARTITION, PARTITION)),
                        new MetadataRecord.ConfigChanged(ConfigTarget.topic("orders"), "retention.ms", "5"),
                        new MetadataRecord.ProducerIdsAllocated(1000)))
                .image();

        assertThat(image.endOffset()).isEqualTo(7);
        assertThat(image.clusterId()).isEqualTo("cluster");
        assertThat(image.topic("orders")).isEqualTo(new TopicImage(id, "orders", List.of(PARTITION, PARTITION)));
        assertThat(image.topic(id)).isSameAs(image.topic("orders"));
        assertThat(image.broker(1)).satisfies(broker -> {
            assertThat(broker.epoch()).isEqualTo(1);
            assertThat(broker.isFenced()).isFalse();
        });
        assertThat(image.config(ConfigTarget.topic("orders"))).containsEntry("retention.ms", "5");
        assertThat(image.nextProducerId()).isEqualTo(1000);
    }

    @Test
    void aDeletedTopicTakesItsSettingsAlong() {
        TopicId id = new TopicId(1, 2);
        MetadataImage before = ImageChange.of(
                MetadataImage.EMPTY,
                List.of(
                        new MetadataRecord.TopicCreated(id, "orders"),
                        new MetadataRecord.ConfigChanged(ConfigTarget.topic("orders"), "retention.ms", "5")))
                .image();

        ImageChange change = ImageChange.of(before, List.of(new MetadataRecord.TopicDeleted(id)));

        assertThat(change.image().topics()).isEmpty();
        assertThat(change.image().configs()).isEmpty();
        assertThat(change.delta()).isEqualTo(
                new MetadataDelta(Set.of(), Set.of(id), Set.of(ConfigTarget.topic("orders")), Set.of()));
        assertThat(before.topics()).hasSize(1);
    }

    @Test
    void everyRecordComesBackAsItWasWritten() {
        for (MetadataRecord record : history(new Random(SEED), 300)) {
            assertThat(MetadataCodec.decode(MetadataCodec.encode(record))).as("seed %s", SEED).isEqualTo(record);
        }
    }

    @Test
    void damagedRecordsAreRefusedAndNothingElse() {
        Random random = new Random(SEED);
        for (MetadataRecord record : history(random, 300)) {
            byte[] bytes = MetadataCodec.encode(record);
            byte[] damaged = random.nextBoolean() ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            if (damaged.length == bytes.length) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                MetadataCodec.decode(damaged);
            } catch (UnreadableMetadata e) {
                assertThat(e.getMessage()).as("seed %s", SEED).isNotBlank();
            }
        }
    }

    @Test
    void aSnapshotAnywhereAndTheRestGiveTheSameImage() throws IOException {
        Random random = new Random(SEED);
        List<MetadataRecord> history = history(random, 400);
        MetadataImage whole = ImageChange.of(MetadataImage.EMPTY, history).image();
        int cut = random.nextInt(history.size());

        MetadataImage first = ImageChange.of(MetadataImage.EMPTY, history.subList(0, cut)).image();
        MetadataImage restored = restored(first);
        MetadataImage again = ImageChange.of(restored, history.subList(cut, history.size())).image();

        assertThat(restored).as("seed %s", SEED).isEqualTo(first);
        assertThat(again).as("seed %s", SEED).isEqualTo(whole);
    }

    @Test
    void aDamagedSnapshotIsRefused() throws IOException {
        Random random = new Random(SEED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageSnapshot.write(ImageChange.of(MetadataImage.EMPTY, history(random, 50)).image(), out);
        byte[] bytes = out.toByteArray();
        bytes[random.nextInt(bytes.length)] ^= 4;

        assertThatThrownBy(() -> ImageSnapshot.read(new ByteArrayInputStream(bytes))).as("seed %s", SEED)
                .isInstanceOf(UnreadableMetadata.class);
    }

    private static MetadataImage restored(MetadataImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageSnapshot.write(image, out);
        return ImageSnapshot.read(new ByteArrayInputStream(out.toByteArray()));
    }

    /// A life that contradicts itself nowhere.
    private static List<MetadataRecord> history(Random random, int count) {
        List<MetadataRecord> records = new ArrayList<>(
                List.of(new MetadataRecord.ClusterCreated("c" + random.nextInt())));
        List<TopicImage> alive = new ArrayList<>();
        long producerIds = 0;
        while (records.size() < count) {
            int choice = random.nextInt(7);
            if (choice == 0 || alive.isEmpty()) {
                TopicImage topic = new TopicImage(new TopicId(random.nextLong(), random.nextLong()),
                        "topic-" + records.size(), List.of());
                alive.add(topic);
                records.add(new MetadataRecord.TopicCreated(topic.id(), topic.name()));
                continue;
            }
            int index = random.nextInt(alive.size());
            TopicImage topic = alive.get(index);
            switch (choice) {
                case 1 -> {
                    records.add(
                            new MetadataRecord.PartitionsAdded(topic.id(), topic.partitions().size(),
                                    List.of(PARTITION)));
                    List<PartitionImage> more = new ArrayList<>(topic.partitions());
                    more.add(PARTITION);
                    alive.set(index, new TopicImage(topic.id(), topic.name(), more));
                }
                case 2 -> {
                    records.add(new MetadataRecord.TopicDeleted(topic.id()));
                    alive.remove(index);
                }
                case 3 -> records.add(
                        new MetadataRecord.ConfigChanged(ConfigTarget.topic(topic.name()), "s" + random.nextInt(3),
                                random.nextBoolean() ? "v" + random.nextInt() : null));
                case 4 -> records.add(new MetadataRecord.ProducerIdsAllocated(producerIds += random.nextInt(1000)));
                case 5 -> records.add(
                        new MetadataRecord.BrokerRegistered(random.nextInt(5), new TopicId(random.nextLong(), 1),
                                List.of(new Endpoint("PLAINTEXT", "h", 1)), random.nextBoolean() ? "rack" : null,
                                List.of(new TopicId(5, random.nextLong()))));
                default -> {
                    if (!topic.partitions().isEmpty()) {
                        records.add(
                                new MetadataRecord.PartitionsChanged(topic.id(), 0,
                                        new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, TopicId.ZERO),
                                                List.of(2), random.nextBoolean() ? 2 : -1, random.nextInt(), 7)));
                    }
                }
            }
        }
        return records;
    }
}
