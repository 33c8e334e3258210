package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.Acls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/// A whole image as bytes. Stateless.
///
/// ```
/// 0  magic "GIMG"   int32
/// 4  version        int32
/// 8  body                     end offset, cluster id, next producer id, brokers, topics, settings, features,
///                             ACLs, credentials, delegation tokens, secret of logins
/// n  CRC-32C        int32     of all before it
/// ```
public final class ImageSnapshot {
    private static final int MAGIC = 0x47494d47;
    /// 2: partitions have eligible leader replicas, brokers may be leaving; 3: partitions may be reassigned; 4: levels
    /// of features; 5: ACLs; 6: credentials for SCRAM; 7: delegation tokens; 8: the secret of logins; 9: log
    /// directories without room; 10: what brokers support of features.
    private static final int VERSION = 10;
    private static final int FIRST_WITH_LEAVING = 2;
    private static final int FIRST_WITH_FEATURES = 4;
    private static final int FIRST_WITH_ACLS = 5;
    private static final int FIRST_WITH_CREDENTIALS = 6;
    private static final int FIRST_WITH_TOKENS = 7;
    private static final int FIRST_WITH_LOGIN_SECRET = 8;
    private static final int FIRST_WITH_SCARCE_DIRECTORIES = 9;
    private static final int FIRST_WITH_BROKER_FEATURES = 10;
    private static final int CRC_BYTES = Integer.BYTES;

    private ImageSnapshot() {}

    /// The same image gives the same bytes.
    public static void write(MetadataImage image, OutputStream to) throws IOException {
        FieldWriter out = new FieldWriter().int32(MAGIC)
                .int32(VERSION)
                .int64(image.endOffset())
                .text(image.clusterId())
                .int64(image.nextProducerId())
                .list(image.brokers(), ImageSnapshot::write)
                .list(
                        image.topics().stream().sorted(Comparator.comparing(TopicImage::name)).toList(),
                        ImageSnapshot::write);
        List<ConfigTarget> targets = image.configs()
                .keySet()
                .stream()
                .sorted(Comparator.comparing(ConfigTarget::kind).thenComparing(ConfigTarget::name))
                .toList();
        out.list(targets, (writer, target) -> write(writer, target, image.config(target)));
        out.list(image.features().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList(),
                (writer, feature) -> writer.text(feature.getKey()).int32(feature.getValue()));
        out.list(image.acls().sorted().toList(), MetadataCodec::write);
        out.list(image.credentials().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList(),
                (writer, each) -> MetadataCodec.write(MetadataCodec.write(writer, each.getKey()), each.getValue()));
        out.list(image.tokens().values().stream().sorted(Comparator.comparing(DelegationToken::id)).toList(),
                MetadataCodec::write);
        out.optionalText(image.loginSecret().map(Secret::reveal).orElse(null));
        byte[] body = out.toBytes();
        to.write(body);
        to.write(ByteBuffer.allocate(CRC_BYTES).putInt(crc(body, body.length)).array());
    }

    /// @throws UnreadableMetadata when it is damaged, or of another version
    public static MetadataImage read(InputStream from) throws IOException {
        byte[] bytes = from.readAllBytes();
        int length = bytes.length - CRC_BYTES;
        if (length < 0 || ByteBuffer.wrap(bytes).getInt(length) != crc(bytes, length)) {
            throw new UnreadableMetadata("a metadata snapshot of " + bytes.length + " bytes fails its checksum");
        }
        FieldReader in = new FieldReader(java.util.Arrays.copyOf(bytes, length));
        int magic = in.int32();
        int version = in.int32();
        if (magic != MAGIC || version < 1 || VERSION < version) {
            throw new UnreadableMetadata(
                    "a metadata snapshot has version " + version + "; this Girok reads versions 1 to " + VERSION);
        }
        try {
            MetadataImage image = readBody(in, version);
            in.end();
            return image;
        } catch (Invariant.Violated violated) {
            throw new UnreadableMetadata("a metadata snapshot is damaged: " + violated.getMessage());
        }
    }

    private static MetadataImage readBody(FieldReader in, int version) {
        long endOffset = in.int64();
        String clusterId = in.text();
        long nextProducerId = in.int64();
        HashPMap<Integer, BrokerImage> brokers = HashTreePMap.empty();
        for (BrokerImage broker : in.list(each -> readBroker(each, version))) {
            brokers = brokers.plus(broker.id(), broker);
        }
        HashPMap<String, TopicImage> topics = HashTreePMap.empty();
        HashPMap<TopicId, String> names = HashTreePMap.empty();
        for (TopicImage topic : in.list(each -> readTopic(each, version))) {
            topics = topics.plus(topic.name(), topic);
            names = names.plus(topic.id(), topic.name());
        }
        HashPMap<ConfigTarget, Map<String, String>> configs = HashTreePMap.empty();
        for (Map.Entry<ConfigTarget, Map<String, String>> config : in.list(ImageSnapshot::readConfig)) {
            configs = configs.plus(config.getKey(), config.getValue());
        }
        HashPMap<String, Integer> features = HashTreePMap.empty();
        if (FIRST_WITH_FEATURES <= version) {
            for (Map.Entry<String, Integer> feature : in.list(each -> Map.entry(each.text(), each.int32()))) {
                features = features.plus(feature.getKey(), feature.getValue());
            }
        }
        Acls acls = Acls.NONE;
        if (FIRST_WITH_ACLS <= version) {
            for (Acl acl : in.list(MetadataCodec::readAcl)) {
                acls = acls.plus(acl);
            }
        }
        HashPMap<ScramUser, ScramCredential> credentials = HashTreePMap.empty();
        if (FIRST_WITH_CREDENTIALS <= version) {
            for (Map.Entry<ScramUser, ScramCredential> each : in.list(reader -> Map
                    .entry(MetadataCodec.readScramUser(reader), MetadataCodec.readScramCredential(reader)))) {
                credentials = credentials.plus(each.getKey(), each.getValue());
            }
        }
        HashPMap<String, DelegationToken> tokens = HashTreePMap.empty();
        if (FIRST_WITH_TOKENS <= version) {
            for (DelegationToken token : in.list(MetadataCodec::readToken)) {
                tokens = tokens.plus(token.id(), token);
            }
        }
        Optional<Secret> loginSecret = FIRST_WITH_LOGIN_SECRET <= version
                ? Optional.ofNullable(in.optionalText()).map(Secret::new)
                : Optional.empty();
        return new MetadataImage(endOffset, clusterId, topics, names, brokers, configs, nextProducerId, features,
                acls, credentials, tokens, loginSecret);
    }

    private static void write(FieldWriter out, BrokerImage broker) {
        out.int32(broker.id())
                .id(broker.incarnation())
                .int64(broker.epoch())
                .list(broker.endpoints(), MetadataCodec::write)
                .optionalText(broker.rack())
                .list(broker.directories(), FieldWriter::id)
                .bool(broker.isFenced())
                .bool(broker.isLeaving())
                .list(broker.scarceDirectories(), FieldWriter::id)
                .list(broker.features().ranges(), MetadataCodec::write);
    }

    private static BrokerImage readBroker(FieldReader in, int version) {
        BrokerImage broker = BrokerImage.registered(in.int32(), in.id(), in.int64(),
                in.list(MetadataCodec::readEndpoint), in.optionalText(), in.list(FieldReader::id));
        boolean isFenced = in.bool();
        boolean isLeaving = FIRST_WITH_LEAVING <= version && in.bool();
        List<TopicId> scarce = FIRST_WITH_SCARCE_DIRECTORIES <= version ? in.list(FieldReader::id) : List.of();
        SupportedFeatures features = FIRST_WITH_BROKER_FEATURES <= version
                ? MetadataCodec.readFeatures(in)
                : SupportedFeatures.UNKNOWN;
        return broker.with(isFenced, isLeaving).with(broker.directories(), scarce).with(features);
    }

    private static void write(FieldWriter out, TopicImage topic) {
        out.id(topic.id()).text(topic.name()).list(topic.partitions(), MetadataCodec::write);
    }

    private static TopicImage readTopic(FieldReader in, int version) {
        return new TopicImage(in.id(), in.text(),
                in.list(partition -> MetadataCodec.readPartition(partition, version)));
    }

    private static void write(FieldWriter out, ConfigTarget target, Map<String, String> values) {
        List<Map.Entry<String, String>> sorted = new ArrayList<>(values.entrySet());
        sorted.sort(Map.Entry.comparingByKey());
        MetadataCodec.write(out, target)
                .list(sorted, (writer, value) -> writer.text(value.getKey()).text(value.getValue()));
    }

    private static Map.Entry<ConfigTarget, Map<String, String>> readConfig(FieldReader in) {
        ConfigTarget target = MetadataCodec.readTarget(in);
        Map<String, String> values = new HashMap<>();
        in.list(reader -> values.put(reader.text(), reader.text()));
        return Map.entry(target, Map.copyOf(values));
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
