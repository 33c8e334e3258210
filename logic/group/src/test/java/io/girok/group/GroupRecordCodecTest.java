package io.girok.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.TopicId;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.UnreadableRecord;
import io.girok.group.GroupValue.MemberValue;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every byte is compared with what Apache Kafka's generated classes write.
class GroupRecordCodecTest {
    private static final TopicId TOPIC_ID = new TopicId(0x0123456789abcdefL, 0x1122334455667788L);
    private static final OffsetKey OFFSET_KEY = new OffsetKey("readers", "öffentlich", 7);
    private static final GroupValue GROUP = new GroupValue("consumer", 12, "range", "member-1", 1_700_000_000_123L,
            List.of(
                    new MemberValue("member-1", null, "client", "/127.0.0.1", 300_000, 45_000,
                            Bytes.of(new byte[]{1, 2, 3}), Bytes.of(new byte[]{4})),
                    new MemberValue("member-2", "instance-2", "client", "/127.0.0.1", 300_000, 45_000,
                            Bytes.of(new byte[]{5}), Bytes.EMPTY)));

    private static OffsetValue offset(long expireTimestampMs, TopicId topicId) {
        return new OffsetValue(4_711, expireTimestampMs < 0 ? 3 : -1, "a note", 1_700_000_000_456L, expireTimestampMs,
                topicId);
    }

    private static OffsetCommitKey kafkaOffsetKey() {
        return new OffsetCommitKey().setGroup("readers").setTopic("öffentlich").setPartition(7);
    }

    private static OffsetCommitValue kafkaOffset(OffsetValue value) {
        return new OffsetCommitValue().setOffset(value.offset())
                .setLeaderEpoch(value.leaderEpoch())
                .setMetadata(value.metadata())
                .setCommitTimestamp(value.commitTimestampMs())
                .setExpireTimestamp(value.expireTimestampMs())
                .setTopicId(new Uuid(value.topicId().high(), value.topicId().low()));
    }

    private static GroupMetadataValue kafkaGroup() {
        return new GroupMetadataValue().setProtocolType(GROUP.protocolType())
                .setGeneration(GROUP.generation())
                .setProtocol(GROUP.protocol())
                .setLeader(GROUP.leader())
                .setCurrentStateTimestamp(GROUP.stateTimestampMs())
                .setMembers(
                        GROUP.members()
                                .stream()
                                .map(
                                        member -> new MemberMetadata().setMemberId(member.memberId())
                                                .setGroupInstanceId(member.instanceId())
                                                .setClientId(member.clientId())
                                                .setClientHost(member.clientHost())
                                                .setRebalanceTimeout(member.rebalanceTimeoutMs())
                                                .setSessionTimeout(member.sessionTimeoutMs())
                                                .setSubscription(member.subscription().toArray())
                                                .setAssignment(member.assignment().toArray()))
                                .toList());
    }

    /// A coordinator key is its type and its fields in version 0.
    private static ByteBuffer kafkaKey(int type, ApiMessage key) {
        ByteBuffer fields = MessageUtil.toByteBufferAccessor(key, (short) 0).buffer();
        return ByteBuffer.allocate(2 + fields.remaining()).putShort((short) type).put(fields).flip();
    }

    private static ByteBuffer kafkaValue(ApiMessage value, int version) {
        return MessageUtil.toVersionPrefixedByteBuffer((short) version, value);
    }

    @Test
    void anOffsetIsWrittenAsKafkaWritesIt() {
        OffsetValue value = offset(OffsetValue.NEVER, TopicId.ZERO);

        CoordinatorRecord record = GroupRecordCodec.offset(OFFSET_KEY, value);

        assertThat(record.key()).isEqualTo(kafkaKey(1, kafkaOffsetKey()));
        assertThat(record.value()).isEqualTo(kafkaValue(kafkaOffset(value), 3));
    }

    @Test
    void anOffsetWithItsTopicsIdIsWrittenAsKafkaWritesIt() {
        OffsetValue value = offset(OffsetValue.NEVER, TOPIC_ID);

        CoordinatorRecord record = GroupRecordCodec.offset(OFFSET_KEY, value);

        assertThat(record.value()).isEqualTo(kafkaValue(kafkaOffset(value), 4));
        assertThat(GroupRecordCodec.read(record)).isEqualTo(new GroupRecord.OffsetCommit(OFFSET_KEY, value));
    }

    @Test
    void anOffsetThatExpiresIsWrittenAsKafkaWritesIt() {
        OffsetValue value = offset(1_700_000_999_000L, TopicId.ZERO);

        CoordinatorRecord record = GroupRecordCodec.offset(OFFSET_KEY, value);

        assertThat(record.value()).isEqualTo(kafkaValue(kafkaOffset(value), 1));
        assertThat(GroupRecordCodec.read(record)).isEqualTo(new GroupRecord.OffsetCommit(OFFSET_KEY, value));
    }

    @Test
    void aGroupIsWrittenAsKafkaWritesIt() {
        CoordinatorRecord record = GroupRecordCodec.group("readers", GROUP);

        assertThat(record.key()).isEqualTo(kafkaKey(2, new GroupMetadataKey().setGroup("readers")));
        assertThat(record.value()).isEqualTo(kafkaValue(kafkaGroup(), 3));
        assertThat(GroupRecordCodec.read(record)).isEqualTo(new GroupRecord.GroupMetadata("readers", GROUP));
    }

    @Test
    void anEmptyGroupIsWrittenAsKafkaWritesIt() {
        GroupValue empty = new GroupValue("consumer", 3, null, null, 5, List.of());

        CoordinatorRecord record = GroupRecordCodec.group("readers", empty);

        assertThat(record.value()).isEqualTo(
                kafkaValue(
                        new GroupMetadataValue().setProtocolType("consumer")
                                .setGeneration(3)
                                .setProtocol(null)
                                .setLeader(null)
                                .setCurrentStateTimestamp(5),
                        3));
        assertThat(GroupRecordCodec.read(record)).isEqualTo(new GroupRecord.GroupMetadata("readers", empty));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void everyVersionOfAnOffsetThatKafkaWroteIsRead(int version) {
        OffsetValue all = offset(OffsetValue.NEVER, version == 4 ? TOPIC_ID : TopicId.ZERO);
        CoordinatorRecord record = new CoordinatorRecord(kafkaKey(1, kafkaOffsetKey()),
                kafkaValue(kafkaOffset(all), version));

        GroupRecord read = GroupRecordCodec.read(record);

        assertThat(read).isEqualTo(
                new GroupRecord.OffsetCommit(OFFSET_KEY, new OffsetValue(all.offset(), version < 3 ? -1 : 3,
                        all.metadata(), all.commitTimestampMs(), OffsetValue.NEVER, all.topicId())));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void everyVersionOfAGroupThatKafkaWroteIsRead(int version) {
        CoordinatorRecord record = new CoordinatorRecord(kafkaKey(2, new GroupMetadataKey().setGroup("readers")),
                kafkaValue(kafkaGroup(), version));

        GroupRecord read = GroupRecordCodec.read(record);

        List<MemberValue> members = GROUP.members()
                .stream()
                .map(
                        member -> new MemberValue(member.memberId(), version < 3 ? null : member.instanceId(),
                                member.clientId(), member.clientHost(), version < 1 ? 45_000 : 300_000, 45_000,
                                member.subscription(), member.assignment()))
                .toList();
        assertThat(read).isEqualTo(
                new GroupRecord.GroupMetadata("readers", new GroupValue("consumer", 12, "range", "member-1",
                        version < 2 ? -1 : GROUP.stateTimestampMs(), members)));
    }

    @Test
    void aTombstoneHasNoValue() {
        assertThat(GroupRecordCodec.read(GroupRecordCodec.offsetTombstone(OFFSET_KEY)))
                .isEqualTo(new GroupRecord.OffsetCommit(OFFSET_KEY, null));
        assertThat(GroupRecordCodec.read(GroupRecordCodec.groupTombstone("readers")))
                .isEqualTo(new GroupRecord.GroupMetadata("readers", null));
    }

    @Test
    void groupsOfNewerProtocolsArePassedOver() {
        CoordinatorRecord record = new CoordinatorRecord(ByteBuffer.wrap(new byte[]{0, 3, 0, 1, 'g'}),
                ByteBuffer.wrap(new byte[]{0, 0}));

        assertThat(GroupRecordCodec.read(record)).isEqualTo(new GroupRecord.Other((short) 3));
    }

    @Test
    void truncatedAndFlippedRecordsAreReadOrRefused() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        CoordinatorRecord[] sound = {
            GroupRecordCodec.offset(OFFSET_KEY, offset(OffsetValue.NEVER, TOPIC_ID)),
            GroupRecordCodec.group("readers", GROUP),
            new CoordinatorRecord(kafkaKey(2, new GroupMetadataKey().setGroup("readers")),
                    kafkaValue(kafkaGroup(), 4))};
        for (int i = 0; i < 20_000; i++) {
            CoordinatorRecord record = sound[random.nextInt(sound.length)];
            ByteBuffer value = record.value();
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            ByteBuffer bad = ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length + 1));
            try {
                GroupRecordCodec.read(new CoordinatorRecord(record.key(), bad.slice()));
            } catch (UnreadableRecord e) {
                assertThat(e).as("seed %d", seed).hasMessageNotContaining("null pointer");
            }
        }
    }

    @Test
    void anUnknownVersionIsRefusedByName() {
        CoordinatorRecord record = new CoordinatorRecord(kafkaKey(2, new GroupMetadataKey().setGroup("readers")),
                ByteBuffer.wrap(new byte[]{0, 9}));

        assertThatThrownBy(() -> GroupRecordCodec.read(record)).isInstanceOf(UnreadableRecord.class)
                .hasMessageContaining("version 9");
    }
}
