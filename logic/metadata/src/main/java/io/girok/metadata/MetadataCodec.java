package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.TopicId;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclSubject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Metadata records as bytes: type, version of the type, fields. Stateless.
///
/// A type's number is never used again for another type; a field is only ever added together with a new version.
///
/// A cluster's nodes may run different versions of Girok: who can't read a version of the records halts when it sees
/// one. Until now there is one version to write, and a node that becomes the active controller raises the level of
/// `metadata.version` to it. Whoever adds version 11 keeps [#FIRST_WRITTEN_VERSION] at 10, has every record and every
/// snapshot written by the level that the image has before it, without the fields of 11 (and no record of a type of
/// 11 decided upon) while that is 10, and lets an administrator raise the level, once all brokers support 11. The
/// record that raises it is still written by 10, so that all can read it. To stop writing 10 is for a later version,
/// which clusters come to only after they have been raised.
public final class MetadataCodec {
    /// 2: partitions have eligible leader replicas; 3: they may be reassigned; 4: features have levels; 5: there are
    /// ACLs; 6: and credentials for SCRAM; 7: and delegation tokens; 8: and the secret of logins; 9: and directories
    /// without room; 10: brokers say what they support of features.
    static final byte VERSION = 10;
    /// The lowest level of `metadata.version` at which this Girok can be the active controller.
    static final byte FIRST_WRITTEN_VERSION = VERSION;
    private static final byte FIRST_VERSION = 1;
    private static final byte HAS_ELR = 2;
    private static final byte HAS_REASSIGNMENT = 3;
    private static final byte HAS_BROKER_FEATURES = 10;
    private static final byte CLUSTER_CREATED = 1;
    private static final byte BROKER_REGISTERED = 2;
    private static final byte BROKER_FENCED = 3;
    private static final byte TOPIC_CREATED = 4;
    private static final byte PARTITIONS_ADDED = 5;
    private static final byte TOPIC_DELETED = 7;
    private static final byte CONFIG_CHANGED = 8;
    private static final byte PRODUCER_IDS_ALLOCATED = 9;
    // 6 was a record of one partition's change, which no controller has ever written.
    private static final byte PARTITIONS_CHANGED = 10;
    private static final byte BROKER_LEAVING = 11;
    private static final byte BROKER_UNREGISTERED = 12;
    private static final byte FEATURE_LEVEL_SET = 13;
    private static final byte ACL_ADDED = 14;
    private static final byte DIRECTORIES_FAILED = 15;
    private static final byte ACL_REMOVED = 16;
    private static final byte SCRAM_CREDENTIAL_SET = 17;
    private static final byte SCRAM_CREDENTIAL_REMOVED = 18;
    private static final byte DELEGATION_TOKEN_SET = 19;
    private static final byte DELEGATION_TOKEN_REMOVED = 20;
    private static final byte LOGIN_SECRET_SET = 21;
    private static final byte DIRECTORIES_SCARCE = 22;

    private MetadataCodec() {}

    public static byte[] encode(MetadataRecord record) {
        FieldWriter out = new FieldWriter();
        switch (record) {
            case MetadataRecord.ClusterCreated created ->
                begin(out, CLUSTER_CREATED).text(created.clusterId());
            case MetadataRecord.BrokerRegistered registered -> begin(out, BROKER_REGISTERED).int32(registered.id())
                    .id(registered.incarnation())
                    .list(registered.endpoints(), MetadataCodec::write)
                    .optionalText(registered.rack())
                    .list(registered.directories(), FieldWriter::id)
                    .list(registered.features().ranges(), MetadataCodec::write);
            case MetadataRecord.BrokerFenced fenced ->
                begin(out, BROKER_FENCED).int32(fenced.id()).bool(fenced.isFenced());
            case MetadataRecord.TopicCreated created ->
                begin(out, TOPIC_CREATED).id(created.id()).text(created.name());
            case MetadataRecord.PartitionsAdded added -> begin(out, PARTITIONS_ADDED).id(added.topic())
                    .int32(added.firstIndex())
                    .list(added.partitions(), MetadataCodec::write);
            case MetadataRecord.PartitionsChanged changed -> begin(out, PARTITIONS_CHANGED).id(changed.topic())
                    .list(changed.changes(), MetadataCodec::write);
            case MetadataRecord.BrokerLeaving leaving -> begin(out, BROKER_LEAVING).int32(leaving.id());
            case MetadataRecord.BrokerUnregistered unregistered ->
                begin(out, BROKER_UNREGISTERED).int32(unregistered.id());
            case MetadataRecord.DirectoriesFailed failed -> begin(out, DIRECTORIES_FAILED).int32(failed.id())
                    .list(failed.directories(), FieldWriter::id);
            case MetadataRecord.DirectoriesScarce scarce -> begin(out, DIRECTORIES_SCARCE).int32(scarce.id())
                    .list(scarce.directories(), FieldWriter::id);
            case MetadataRecord.TopicDeleted deleted -> begin(out, TOPIC_DELETED).id(deleted.id());
            case MetadataRecord.ConfigChanged changed -> write(begin(out, CONFIG_CHANGED), changed.target())
                    .text(changed.name())
                    .optionalText(changed.value());
            case MetadataRecord.FeatureLevelSet set -> begin(out, FEATURE_LEVEL_SET).text(set.feature())
                    .int32(set.level());
            case MetadataRecord.AclAdded added -> write(begin(out, ACL_ADDED), added.acl());
            case MetadataRecord.AclRemoved removed -> write(begin(out, ACL_REMOVED), removed.acl());
            case MetadataRecord.ScramCredentialSet set ->
                write(write(begin(out, SCRAM_CREDENTIAL_SET), set.user()), set.credential());
            case MetadataRecord.ScramCredentialRemoved removed ->
                write(begin(out, SCRAM_CREDENTIAL_REMOVED), removed.user());
            case MetadataRecord.LoginSecretSet set -> begin(out, LOGIN_SECRET_SET).text(set.secret().reveal());
            case MetadataRecord.DelegationTokenSet set -> write(begin(out, DELEGATION_TOKEN_SET), set.token());
            case MetadataRecord.DelegationTokenRemoved removed ->
                begin(out, DELEGATION_TOKEN_REMOVED).text(removed.id());
            case MetadataRecord.ProducerIdsAllocated allocated ->
                begin(out, PRODUCER_IDS_ALLOCATED).int64(allocated.nextProducerId());
        }
        return out.toBytes();
    }

    /// @throws UnreadableMetadata when the bytes are not a record that this version knows
    public static MetadataRecord decode(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        byte type = in.int8();
        byte version = in.int8();
        if (version < FIRST_VERSION || VERSION < version) {
            throw new UnreadableMetadata(
                    "a metadata record of type " + type + " has version " + version + "; this Girok reads versions "
                            + FIRST_VERSION + " to " + VERSION);
        }
        try {
            MetadataRecord record = switch (type) {
                case CLUSTER_CREATED -> new MetadataRecord.ClusterCreated(in.text());
                case BROKER_REGISTERED -> new MetadataRecord.BrokerRegistered(in.int32(), in.id(),
                        in.list(MetadataCodec::readEndpoint), in.optionalText(), in.list(FieldReader::id),
                        version < HAS_BROKER_FEATURES ? SupportedFeatures.UNKNOWN : readFeatures(in));
                case BROKER_FENCED -> new MetadataRecord.BrokerFenced(in.int32(), in.bool());
                case TOPIC_CREATED -> new MetadataRecord.TopicCreated(in.id(), in.text());
                case PARTITIONS_ADDED -> new MetadataRecord.PartitionsAdded(in.id(), in.int32(),
                        in.list(partition -> readPartition(partition, version)));
                case PARTITIONS_CHANGED ->
                    new MetadataRecord.PartitionsChanged(in.id(), in.list(change -> readChange(change, version)));
                case BROKER_LEAVING -> new MetadataRecord.BrokerLeaving(in.int32());
                case BROKER_UNREGISTERED -> new MetadataRecord.BrokerUnregistered(in.int32());
                case DIRECTORIES_FAILED ->
                    new MetadataRecord.DirectoriesFailed(in.int32(), in.list(FieldReader::id));
                case DIRECTORIES_SCARCE ->
                    new MetadataRecord.DirectoriesScarce(in.int32(), in.list(FieldReader::id));
                case TOPIC_DELETED -> new MetadataRecord.TopicDeleted(in.id());
                case CONFIG_CHANGED ->
                    new MetadataRecord.ConfigChanged(readTarget(in), in.text(), in.optionalText());
                case FEATURE_LEVEL_SET -> new MetadataRecord.FeatureLevelSet(in.text(), in.int32());
                case ACL_ADDED -> new MetadataRecord.AclAdded(readAcl(in));
                case ACL_REMOVED -> new MetadataRecord.AclRemoved(readAcl(in));
                case SCRAM_CREDENTIAL_SET ->
                    new MetadataRecord.ScramCredentialSet(readScramUser(in), readScramCredential(in));
                case SCRAM_CREDENTIAL_REMOVED -> new MetadataRecord.ScramCredentialRemoved(readScramUser(in));
                case LOGIN_SECRET_SET -> new MetadataRecord.LoginSecretSet(new Secret(in.text()));
                case DELEGATION_TOKEN_SET -> new MetadataRecord.DelegationTokenSet(readToken(in));
                case DELEGATION_TOKEN_REMOVED -> new MetadataRecord.DelegationTokenRemoved(in.text());
                case PRODUCER_IDS_ALLOCATED -> new MetadataRecord.ProducerIdsAllocated(in.int64());
                default -> throw new UnreadableMetadata("there is no type of metadata record with number " + type);
            };
            in.end();
            return record;
        } catch (Invariant.Violated violated) {
            throw new UnreadableMetadata("a metadata record of type " + type + " is damaged: " + violated.getMessage());
        }
    }

    private static FieldWriter begin(FieldWriter out, byte type) {
        return out.int8(type).int8(VERSION);
    }

    static FieldWriter write(FieldWriter out, Endpoint endpoint) {
        return out.text(endpoint.listener()).text(endpoint.host()).int32(endpoint.port());
    }

    static Endpoint readEndpoint(FieldReader in) {
        return new Endpoint(in.text(), in.text(), in.int32());
    }

    static FieldWriter write(FieldWriter out, PartitionImage partition) {
        return out.list(partition.replicas(), FieldWriter::int32)
                .list(partition.directories(), FieldWriter::id)
                .list(partition.isr(), FieldWriter::int32)
                .list(partition.elr(), FieldWriter::int32)
                .int32(partition.leader())
                .int32(partition.leaderEpoch())
                .int32(partition.partitionEpoch())
                .list(partition.addingReplicas(), FieldWriter::int32)
                .list(partition.removingReplicas(), FieldWriter::int32);
    }

    /// @param version of the record, or of the snapshot, in which it stands
    static PartitionImage readPartition(FieldReader in, int version) {
        List<Integer> replicas = in.list(FieldReader::int32);
        List<TopicId> directories = in.list(FieldReader::id);
        List<Integer> isr = in.list(FieldReader::int32);
        List<Integer> elr = version < HAS_ELR ? List.of() : in.list(FieldReader::int32);
        int leader = in.int32();
        int leaderEpoch = in.int32();
        int partitionEpoch = in.int32();
        List<Integer> adding = version < HAS_REASSIGNMENT ? List.of() : in.list(FieldReader::int32);
        List<Integer> removing = version < HAS_REASSIGNMENT ? List.of() : in.list(FieldReader::int32);
        return new PartitionImage(replicas, directories, isr, elr, adding, removing, leader, leaderEpoch,
                partitionEpoch);
    }

    private static void write(FieldWriter out, MetadataRecord.PartitionChange change) {
        write(out.int32(change.index()), change.partition());
    }

    private static MetadataRecord.PartitionChange readChange(FieldReader in, int version) {
        return new MetadataRecord.PartitionChange(in.int32(), readPartition(in, version));
    }

    static FieldWriter write(FieldWriter out, Feature range) {
        return out.text(range.name()).int32(range.minLevel()).int32(range.maxLevel());
    }

    static SupportedFeatures readFeatures(FieldReader in) {
        return new SupportedFeatures(in.list(range -> new Feature(range.text(), range.int32(), range.int32())));
    }

    static FieldWriter write(FieldWriter out, ScramUser user) {
        return out.text(user.name()).int8(user.mechanism());
    }

    static ScramUser readScramUser(FieldReader in) {
        return new ScramUser(in.text(), in.int8());
    }

    static FieldWriter write(FieldWriter out, ScramCredential credential) {
        return out.bytes(credential.salt())
                .bytes(credential.storedKey())
                .bytes(credential.serverKey())
                .int32(credential.iterations());
    }

    static ScramCredential readScramCredential(FieldReader in) {
        return new ScramCredential(in.bytes(), in.bytes(), in.bytes(), in.int32());
    }

    static FieldWriter write(FieldWriter out, DelegationToken token) {
        return write(write(out.text(token.id()), token.owner()), token.requester())
                .list(token.renewers(), MetadataCodec::write)
                .int64(token.issuedMs())
                .int64(token.maxMs())
                .int64(token.expiresMs());
    }

    static DelegationToken readToken(FieldReader in) {
        return new DelegationToken(in.text(), readPrincipal(in), readPrincipal(in),
                in.list(MetadataCodec::readPrincipal), in.int64(), in.int64(), in.int64());
    }

    private static FieldWriter write(FieldWriter out, Principal principal) {
        return out.text(principal.type()).text(principal.name());
    }

    private static Principal readPrincipal(FieldReader in) {
        String type = in.text();
        String name = in.text();
        if (name.isEmpty()) {
            throw new UnreadableMetadata("a delegation token has a principal without a name");
        }
        return new Principal(type, name);
    }

    static FieldWriter write(FieldWriter out, ConfigTarget target) {
        int kind = switch (target.kind()) {
            case TOPIC -> 1;
            case BROKER -> 2;
            case QUOTA -> 3;
        };
        return out.int8(kind).text(target.name());
    }

    static ConfigTarget readTarget(FieldReader in) {
        byte kind = in.int8();
        String name = in.text();
        return switch (kind) {
            case 1 -> new ConfigTarget(ConfigTarget.Kind.TOPIC, name);
            case 2 -> new ConfigTarget(ConfigTarget.Kind.BROKER, name);
            case 3 -> new ConfigTarget(ConfigTarget.Kind.QUOTA, name);
            default -> throw new UnreadableMetadata("there is no kind of configured thing with number " + kind);
        };
    }

    static FieldWriter write(FieldWriter out, Acl acl) {
        return out.int8(acl.pattern().resource().code())
                .bool(acl.pattern().isPrefixed())
                .text(acl.pattern().name())
                .text(acl.subject().principal())
                .text(acl.subject().host())
                .int8(acl.operation().code())
                .int8(acl.permission().code());
    }

    static Acl readAcl(FieldReader in) {
        AclPattern pattern = new AclPattern(known(AclResource.of(in.int8()), "kind of resource"), in.bool(), in.text());
        return new Acl(pattern, new AclSubject(in.text(), in.text()),
                known(AclOperation.of(in.int8()), "operation"), known(AclPermission.of(in.int8()), "permission"));
    }

    private static <T> T known(@Nullable T value, String what) {
        if (value == null) {
            throw new UnreadableMetadata("an ACL has an unknown " + what);
        }
        return value;
    }
}
