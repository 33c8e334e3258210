package io.girok.fuzz;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.Endpoint;
import io.girok.metadata.ImageSnapshot;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import io.girok.metadata.SupportedFeatures;
import io.girok.metadata.UnreadableMetadata;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// Metadata as it lies on disks and goes from node to node. What is understood is the same when it is written and read
/// again.
///
/// ```
/// 0  0 the rest is a record   1 the rest is a snapshot, but for its CRC
/// ```
final class MetadataTarget implements FuzzTarget {
    @Override
    public void take(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        try {
            if ((input[0] & 1) == 0) {
                takeRecord(bytes);
            } else {
                takeSnapshot(bytes);
            }
        } catch (UnreadableMetadata damaged) {
            // As documented.
        }
    }

    private static void takeRecord(byte[] bytes) {
        MetadataRecord record = MetadataCodec.decode(bytes);
        if (!MetadataCodec.decode(MetadataCodec.encode(record)).equals(record)) {
            throw new AssertionError(record + " is another one when read again");
        }
    }

    private static void takeSnapshot(byte[] body) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(body);
        byte[] bytes = ByteBuffer.allocate(body.length + Integer.BYTES).put(body).putInt((int) crc.getValue()).array();
        byte[] written = written(ImageSnapshot.read(new ByteArrayInputStream(bytes)));
        if (!Arrays.equals(written(ImageSnapshot.read(new ByteArrayInputStream(written))), written)) {
            throw new AssertionError("a snapshot is another one when read again");
        }
    }

    private static byte[] written(MetadataImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageSnapshot.write(image, out);
        return out.toByteArray();
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (MetadataRecord record : records()) {
            seeds.add(FuzzTarget.input(0, MetadataCodec.encode(record)));
        }
        byte[] empty = written(MetadataImage.EMPTY);
        seeds.add(FuzzTarget.input(1, Arrays.copyOf(empty, empty.length - Integer.BYTES)));
        return seeds;
    }

    private static List<MetadataRecord> records() {
        TopicId id = new TopicId(1, 2);
        PartitionImage partition = new PartitionImage(List.of(1, 2, 3), List.of(id, id, id), List.of(1), List.of(2),
                List.of(3), List.of(), 1, 4, 5);
        Acl acl = Acl.allow(AclPattern.prefixed(AclResource.TOPIC, "orders"), "User:alice", AclOperation.READ);
        ScramUser user = new ScramUser("alice", ScramUser.SHA_256);
        return List.of(new MetadataRecord.ClusterCreated("cluster"),
                new MetadataRecord.BrokerRegistered(1, id, List.of(new Endpoint("PLAINTEXT", "host", 9_092)), "rack",
                        List.of(id), SupportedFeatures.OURS),
                new MetadataRecord.BrokerFenced(1, true), new MetadataRecord.TopicCreated(id, "orders"),
                new MetadataRecord.PartitionsAdded(id, 0, List.of(partition, partition)),
                new MetadataRecord.PartitionsChanged(id, 1, partition), new MetadataRecord.TopicDeleted(id),
                new MetadataRecord.BrokerLeaving(1), new MetadataRecord.BrokerUnregistered(1),
                new MetadataRecord.DirectoriesFailed(1, List.of(id)),
                new MetadataRecord.DirectoriesScarce(1, List.of(id)),
                new MetadataRecord.ConfigChanged(ConfigTarget.topic("orders"), "retention.ms", null),
                new MetadataRecord.FeatureLevelSet("x", 2), new MetadataRecord.AclAdded(acl),
                new MetadataRecord.AclRemoved(acl),
                new MetadataRecord.ScramCredentialSet(user,
                        new ScramCredential(new byte[8], new byte[32], new byte[32], 4_096)),
                new MetadataRecord.ScramCredentialRemoved(user),
                new MetadataRecord.LoginSecretSet(new Secret("random")),
                new MetadataRecord.DelegationTokenSet(new DelegationToken("token", Principal.user("alice"),
                        Principal.user("bob"), List.of(Principal.user("carol")), 1, 3, 2)),
                new MetadataRecord.DelegationTokenRemoved("token"), new MetadataRecord.ProducerIdsAllocated(1_000));
    }

    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 1024 * 1024 + 4_000L * inputBytes;
    }
}
