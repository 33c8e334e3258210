package io.girok.group;

import io.girok.base.TopicId;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.UnreadableRecord;
import io.girok.group.GroupValue.MemberValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The records of `__consumer_offsets` in Kafka's schemas. Stateless.
///
/// A key and a value each begin with two bytes: the record's type in the key, the schema's version in the value.
///
/// | type | key | value |
/// |---|---|---|
/// | 0, 1 | group, topic, partition | an offset: versions 0 to 4 are read, 1, 3 and 4 written |
/// | 2 | group | a generation: versions 0 to 4 are read, 3 written |
/// | 3 and up | | groups of newer protocols: passed over |
final class GroupRecordCodec {
    private static final short LEGACY_OFFSET = 0;
    private static final short OFFSET = 1;
    private static final short GROUP = 2;
    private static final int MAX_VALUE_VERSION = 4;
    private static final int FIRST_FLEXIBLE_VERSION = 4;
    private static final int TOPIC_ID_TAG = 0;
    private static final int MIN_MEMBER_BYTES = 8;

    private GroupRecordCodec() {}

    static CoordinatorRecord offset(OffsetKey key, OffsetValue value) {
        return new CoordinatorRecord(offsetKey(key), offsetValue(value));
    }

    static CoordinatorRecord offsetTombstone(OffsetKey key) {
        return CoordinatorRecord.tombstone(offsetKey(key));
    }

    static CoordinatorRecord group(String group, GroupValue value) {
        return new CoordinatorRecord(groupKey(group), groupValue(value));
    }

    static CoordinatorRecord groupTombstone(String group) {
        return CoordinatorRecord.tombstone(groupKey(group));
    }

    /// @throws UnreadableRecord when the bytes do not follow the schema
    static GroupRecord read(CoordinatorRecord record) {
        ByteBuffer key = record.key();
        FieldReader keyReader = new FieldReader(key, false);
        short type = int16(key);
        @Nullable
        ByteBuffer value = record.value();
        return switch (type) {
            case LEGACY_OFFSET, OFFSET -> new GroupRecord.OffsetCommit(
                    new OffsetKey(keyReader.string(), keyReader.string(), keyReader.int32()),
                    value == null ? null : readOffset(value));
            case GROUP -> new GroupRecord.GroupMetadata(keyReader.string(), value == null ? null : readGroup(value));
            default -> new GroupRecord.Other(type);
        };
    }

    private static ByteBuffer offsetKey(OffsetKey key) {
        return new FieldWriter().int16(OFFSET)
                .string(key.group())
                .string(key.topic())
                .int32(key.partition())
                .toBuffer();
    }

    private static ByteBuffer groupKey(String group) {
        return new FieldWriter().int16(GROUP).string(group).toBuffer();
    }

    /// The oldest version that holds the value, so that older tools can read it.
    private static ByteBuffer offsetValue(OffsetValue value) {
        FieldWriter writer = new FieldWriter();
        if (value.expireTimestampMs() != OffsetValue.NEVER) {
            return writer.int16(1)
                    .int64(value.offset())
                    .string(value.metadata())
                    .int64(value.commitTimestampMs())
                    .int64(value.expireTimestampMs())
                    .toBuffer();
        }
        if (value.topicId().isZero()) {
            return writer.int16(3)
                    .int64(value.offset())
                    .int32(value.leaderEpoch())
                    .string(value.metadata())
                    .int64(value.commitTimestampMs())
                    .toBuffer();
        }
        return writer.int16(4)
                .int64(value.offset())
                .int32(value.leaderEpoch())
                .compactString(value.metadata())
                .int64(value.commitTimestampMs())
                .unsignedVarint(1)
                .unsignedVarint(TOPIC_ID_TAG)
                .unsignedVarint(16)
                .int64(value.topicId().high())
                .int64(value.topicId().low())
                .toBuffer();
    }

    private static OffsetValue readOffset(ByteBuffer buffer) {
        short version = version(buffer);
        FieldReader reader = new FieldReader(buffer, FIRST_FLEXIBLE_VERSION <= version);
        long offset = reader.int64();
        int leaderEpoch = version < 3 ? -1 : reader.int32();
        String metadata = reader.string();
        long commitTimestampMs = reader.int64();
        long expireTimestampMs = version == 1 ? reader.int64() : OffsetValue.NEVER;
        TopicId[] topicId = {TopicId.ZERO};
        reader.taggedFields((tag, field) -> {
            if (tag == TOPIC_ID_TAG) {
                topicId[0] = new TopicId(field.int64(), field.int64());
            }
        });
        return new OffsetValue(offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId[0]);
    }

    private static ByteBuffer groupValue(GroupValue value) {
        FieldWriter writer = new FieldWriter().int16(3)
                .string(value.protocolType())
                .int32(value.generation())
                .nullableString(value.protocol())
                .nullableString(value.leader())
                .int64(value.stateTimestampMs())
                .int32(value.members().size());
        for (MemberValue member : value.members()) {
            writer.string(member.memberId())
                    .nullableString(member.instanceId())
                    .string(member.clientId())
                    .string(member.clientHost())
                    .int32(member.rebalanceTimeoutMs())
                    .int32(member.sessionTimeoutMs())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return writer.toBuffer();
    }

    private static GroupValue readGroup(ByteBuffer buffer) {
        short version = version(buffer);
        FieldReader reader = new FieldReader(buffer, FIRST_FLEXIBLE_VERSION <= version);
        String protocolType = reader.string();
        int generation = reader.int32();
        String protocol = reader.nullableString();
        String leader = reader.nullableString();
        long stateTimestampMs = version < 2 ? -1 : reader.int64();
        int count = reader.arraySize(MIN_MEMBER_BYTES);
        List<MemberValue> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(readMember(reader, version));
        }
        reader.skipTaggedFields();
        return new GroupValue(protocolType, generation, protocol, leader, stateTimestampMs, members);
    }

    private static MemberValue readMember(FieldReader reader, short version) {
        String memberId = reader.string();
        String instanceId = version < 3 ? null : reader.nullableString();
        String clientId = reader.string();
        String clientHost = reader.string();
        int rebalanceTimeoutMs = version < 1 ? -1 : reader.int32();
        int sessionTimeoutMs = reader.int32();
        MemberValue member = new MemberValue(memberId, instanceId, clientId, clientHost,
                version < 1 ? sessionTimeoutMs : rebalanceTimeoutMs, sessionTimeoutMs, reader.bytes(), reader.bytes());
        reader.skipTaggedFields();
        return member;
    }

    private static short version(ByteBuffer buffer) {
        short version = int16(buffer);
        if (version < 0 || MAX_VALUE_VERSION < version) {
            throw new UnreadableRecord("a value of version " + version + ", at most " + MAX_VALUE_VERSION + " known");
        }
        return version;
    }

    private static short int16(ByteBuffer buffer) {
        if (buffer.remaining() < 2) {
            throw new UnreadableRecord("two bytes wanted, " + buffer.remaining() + " left");
        }
        return buffer.getShort();
    }
}
