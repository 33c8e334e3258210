package io.girok.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclSubject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
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

    @Test
    void partitionsOfEarlierVersionsAreStillRead() {
        TopicId id = new TopicId(1, 2);
        PartitionImage first = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, id), List.of(2), 2, 3, 4);
        PartitionImage second = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, id), List.of(2), List.of(1), 2,
                3, 4);

        assertThat(MetadataCodec.decode(old(new FieldWriter().int8(5).int8(1).id(id).int32(0).int32(1), first, false)))
                .isEqualTo(new MetadataRecord.PartitionsAdded(id, 0, List.of(first)));
        assertThat(MetadataCodec.decode(old(new FieldWriter().int8(5).int8(2).id(id).int32(0).int32(1), second, true)))
                .isEqualTo(new MetadataRecord.PartitionsAdded(id, 0, List.of(second)));
        assertThat(MetadataCodec.decode(old(new FieldWriter().int8(10).int8(2).id(id).int32(1).int32(7), second, true)))
                .isEqualTo(new MetadataRecord.PartitionsChanged(id, 7, second));
    }

    @Test
    void snapshotsOfEarlierVersionsAreStillRead() throws IOException {
        TopicId id = new TopicId(1, 2);
        PartitionImage partition = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, id), List.of(2), 2, 3, 4);
        TopicImage topic = new TopicImage(id, "orders", List.of(partition));

        for (int version = 1; version <= 2; version++) {
            FieldWriter body = new FieldWriter().int32(0x47494d47)
                    .int32(version)
                    .int64(9)
                    .text("cluster")
                    .int64(1000)
                    .int32(0)
                    .int32(1)
                    .id(id)
                    .text("orders")
                    .int32(1);
            writeOld(body, partition, version == 2);
            byte[] whole = withCrc(body.int32(0).toBytes());

            assertThat(ImageSnapshot.read(new ByteArrayInputStream(whole)).topic("orders")).isEqualTo(topic);
        }
    }

    @Test
    void nothingIsKnownOfTheFeaturesOfABrokerThatRegisteredInAnEarlierVersion() {
        TopicId incarnation = new TopicId(9, 9);
        FieldWriter registration = brokerStart(new FieldWriter().int8(2).int8(9).int32(1).id(incarnation));

        assertThat(MetadataCodec.decode(registration.toBytes()))
                .isEqualTo(new MetadataRecord.BrokerRegistered(1, incarnation,
                        List.of(new Endpoint("PLAINTEXT", "h", 9092)), null, List.of(new TopicId(3, 3))));
    }

    @Test
    void whatABrokerSupportsIsInItsRecordAndInItsImage() throws IOException {
        SupportedFeatures features = new SupportedFeatures(List.of(new Feature("metadata.version", 10, 12)));
        MetadataRecord record = new MetadataRecord.BrokerRegistered(1, new TopicId(9, 9), List.of(), null, List.of(),
                features);

        MetadataImage image = restored(ImageChange.of(MetadataImage.EMPTY,
                List.of(MetadataCodec.decode(MetadataCodec.encode(record)),
                        new MetadataRecord.BrokerFenced(1, false), new MetadataRecord.BrokerLeaving(1),
                        new MetadataRecord.DirectoriesScarce(1, List.of())))
                .image());

        assertThat(image.broker(1)).isNotNull().extracting(BrokerImage::features).isEqualTo(features);
    }

    @Test
    void brokersInSnapshotsOfTheVersionBeforeFeaturesAreStillRead() throws IOException {
        TopicId incarnation = new TopicId(9, 9);
        TopicId directory = new TopicId(3, 3);
        FieldWriter body = new FieldWriter().int32(0x47494d47).int32(9).int64(9).text("cluster").int64(1000);
        brokerStart(body.int32(1).int32(1).id(incarnation).int64(4))
                .bool(false)
                .bool(true)
                .list(List.of(directory), FieldWriter::id);
        // No topics, settings, features, ACLs, credentials, tokens and no secret.
        byte[] bytes = body.int32(0).int32(0).int32(0).int32(0).int32(0).int32(0).optionalText(null).toBytes();

        MetadataImage image = ImageSnapshot.read(new ByteArrayInputStream(withCrc(bytes)));

        assertThat(image.broker(1)).isEqualTo(new BrokerImage(1, incarnation, 4,
                List.of(new Endpoint("PLAINTEXT", "h", 9092)), null, List.of(directory), List.of(directory),
                SupportedFeatures.UNKNOWN, false, true));
    }

    /// What a record and a snapshot have of a broker after its epoch.
    private static FieldWriter brokerStart(FieldWriter out) {
        return out.list(List.of(new Endpoint("PLAINTEXT", "h", 9092)), MetadataCodec::write)
                .optionalText(null)
                .list(List.of(new TopicId(3, 3)), FieldWriter::id);
    }

    private static byte[] withCrc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return ByteBuffer.allocate(bytes.length + Integer.BYTES).put(bytes).putInt((int) crc.getValue()).array();
    }

    private static byte[] old(FieldWriter out, PartitionImage partition, boolean hasElr) {
        writeOld(out, partition, hasElr);
        return out.toBytes();
    }

    private static void writeOld(FieldWriter out, PartitionImage partition, boolean hasElr) {
        out.list(partition.replicas(), FieldWriter::int32)
                .list(partition.directories(), FieldWriter::id)
                .list(partition.isr(), FieldWriter::int32);
        if (hasElr) {
            out.list(partition.elr(), FieldWriter::int32);
        }
        out.int32(partition.leader()).int32(partition.leaderEpoch()).int32(partition.partitionEpoch());
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
        List<Acl> acls = new ArrayList<>();
        long producerIds = 0;
        while (records.size() < count) {
            int choice = random.nextInt(12);
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
                case 7 -> {
                    Acl acl = acl(random);
                    records.add(new MetadataRecord.AclAdded(acl));
                    acls.add(acl);
                }
                case 8 -> {
                    if (!acls.isEmpty()) {
                        Acl acl = acls.get(random.nextInt(acls.size()));
                        records.add(new MetadataRecord.AclRemoved(acl));
                        acls.removeIf(acl::equals);
                    }
                }
                case 9 -> records.add(new MetadataRecord.ScramCredentialSet(
                        new ScramUser("user-" + random.nextInt(5), 1 + random.nextInt(2)),
                        new ScramCredential(new byte[]{(byte) random.nextInt()}, new byte[32], new byte[32], 4_096)));
                case 10 -> records.add(new MetadataRecord.LoginSecretSet(new Secret("s" + random.nextInt())));
                case 11 -> {
                    String id = "token-" + random.nextInt(5);
                    records.add(new MetadataRecord.DelegationTokenSet(new DelegationToken(id,
                            Principal.user("alice"), Principal.user("bob"),
                            random.nextBoolean() ? List.of(Principal.user("carol")) : List.of(), random.nextLong(),
                            random.nextLong(), random.nextLong())));
                    if (random.nextInt(3) == 0) {
                        records.add(new MetadataRecord.DelegationTokenRemoved(id));
                    }
                }
                case 6 -> records.add(new MetadataRecord.FeatureLevelSet("f" + random.nextInt(3), random.nextInt(4)));
                case 5 -> records.add(
                        new MetadataRecord.BrokerRegistered(random.nextInt(5), new TopicId(random.nextLong(), 1),
                                List.of(new Endpoint("PLAINTEXT", "h", 1)), random.nextBoolean() ? "rack" : null,
                                List.of(new TopicId(5, random.nextLong())),
                                random.nextBoolean() ? SupportedFeatures.OURS : SupportedFeatures.UNKNOWN));
                default -> {
                    if (!topic.partitions().isEmpty()) {
                        records.add(
                                new MetadataRecord.PartitionsChanged(topic.id(), 0,
                                        new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, TopicId.ZERO),
                                                List.of(2), List.of(1), random.nextBoolean() ? List.of(2) : List.of(),
                                                random.nextBoolean() ? List.of(1) : List.of(),
                                                random.nextBoolean() ? 2 : -1, random.nextInt(), 7)));
                    }
                }
            }
        }
        return records;
    }

    private static Acl acl(Random random) {
        AclPattern pattern = new AclPattern(AclResource.values()[random.nextInt(AclResource.values().length)],
                random.nextBoolean(), "orders".substring(0, 1 + random.nextInt(5)));
        return new Acl(pattern, new AclSubject("User:" + random.nextInt(3), random.nextBoolean() ? "*" : "10.0.0.1"),
                AclOperation.values()[random.nextInt(AclOperation.values().length)],
                random.nextBoolean() ? AclPermission.ALLOW : AclPermission.DENY);
    }
}
