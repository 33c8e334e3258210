package io.girok.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.utils.internals.ImplicitLinkedHashCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RequestDecoderTest {
    /// What a well-formed byte may cost in memory, objects and collections around it included.
    private static final long MAX_BYTES_PER_BYTE = 200;
    private static final long MAX_BYTES_AT_ONCE = 128 * 1024;

    private static final List<ApiKeys> APIS = List.of(ApiKeys.values())
            .stream()
            .filter(ApiKeys::hasValidVersion)
            .toList();

    private final SupportedApis supported = SupportedApis.of(APIS);
    private final RequestDecoder decoder = new RequestDecoder(supported);
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomMessages messages = new RandomMessages(random);

    /// A request of every API and version.
    private record Sample(ApiKeys api, short version, ByteBuffer frame) {}

    private List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        for (ApiKeys api : APIS) {
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                samples.add(new Sample(api, version, messages.request(api, version, 7)));
            }
        }
        return samples;
    }

    @Test
    void everyRequestOfEveryVersionIsUnderstood() {
        for (int round = 0; round < 20; round++) {
            for (Sample sample : samples()) {
                Decoded decoded = decoder.decode(sample.frame.duplicate(), Nobody.INSTANCE);

                assertThat(decoded).as("%s seed %d", sample, seed).isInstanceOf(Decoded.Understood.class);
                Request request = ((Decoded.Understood) decoded).request();
                assertThat(request.api()).isEqualTo(sample.api);
                assertThat(request.version()).isEqualTo(sample.version);
                assertThat(request.correlationId()).isEqualTo(7);
                assertThat(readAgain(request)).as("%s seed %d", sample, seed).isEqualTo(request.body());
            }
        }
    }

    @Test
    void aTruncatedRequestIsRefusedWhereverItIsCut() {
        for (Sample sample : samples()) {
            for (int length = 0; length < sample.frame.limit(); length++) {
                Decoded decoded = decode(sample.frame.duplicate().limit(length));

                assertThat(decoded).as("%s cut to %d seed %d", sample, length, seed)
                        .isInstanceOf(Decoded.Refused.class);
            }
        }
    }

    @Test
    void bytesAfterTheRequestAreRefused() {
        for (Sample sample : samples()) {
            ByteBuffer longer = ByteBuffer.allocate(sample.frame.limit() + 1).put(sample.frame.duplicate()).rewind();

            assertThat(decode(longer)).as("%s seed %d", sample, seed).isInstanceOf(Decoded.Refused.class);
        }
    }

    @Test
    void flippedAndRandomBytesHaveAnOutcomeAndCostLittle() {
        System.out.println("flippedAndRandomBytesHaveAnOutcomeAndCostLittle -Dseed=" + seed);
        for (int round = 0; round < 40; round++) {
            for (Sample sample : samples()) {
                byte[] bytes = new byte[sample.frame.limit() + (random.nextBoolean() ? 0 : 2_000)];
                if (sample.frame.limit() < bytes.length) {
                    random.nextBytes(bytes);
                }
                sample.frame.get(0, bytes, 0, sample.frame.limit());
                int flips = 1 + random.nextInt(4);
                for (int i = 0; i < flips; i++) {
                    bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
                }

                assertThat(decode(ByteBuffer.wrap(bytes))).isNotNull();
            }
        }
    }

    @Test
    void hugeLengthsReserveNothing() {
        for (Sample sample : samples()) {
            for (int at = 8; at + 5 <= sample.frame.limit(); at++) {
                byte[] bytes = new byte[sample.frame.limit()];
                sample.frame.get(0, bytes);
                byte[] huge = random.nextBoolean()
                        ? new byte[]{0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}
                        : new byte[]{(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
                System.arraycopy(huge, 0, bytes, at, huge.length);

                assertThat(decode(ByteBuffer.wrap(bytes))).isNotNull();
            }
        }
    }

    @Test
    void tooManyElementsAreRefused() {
        int topics = RequestDecoder.MAX_ELEMENTS + 1;
        ByteBuffer frame = ByteBuffer.allocate(14 + 2 * topics);
        frame.putShort(ApiKeys.METADATA.id).putShort((short) 0).putInt(1).putShort((short) -1).putInt(topics);
        frame.rewind();

        assertThat(decode(frame.duplicate())).isEqualTo(new Decoded.Refused("malformed Metadata v0"));
        frame.putInt(10, topics - 1);
        assertThat(decode(frame.limit(frame.limit() - 2))).isInstanceOf(Decoded.Understood.class);
    }

    @Test
    void everyRequestWithAHashTableIsKnownAsOne() {
        Set<ApiKeys> readHere = EnumSet
                .of(ApiKeys.PRODUCE, ApiKeys.OFFSET_FOR_LEADER_EPOCH, ApiKeys.CREATE_TOPICS);
        List<ApiKeys> withHashTables = APIS.stream()
                .filter(api -> List.of(api.messageType.newRequest().getClass().getDeclaredClasses())
                        .stream()
                        .anyMatch(ImplicitLinkedHashCollection.class::isAssignableFrom))
                .filter(api -> !readHere.contains(api))
                .toList();

        assertThat(withHashTables).isNotEmpty()
                .allSatisfy(api -> assertThat(KeyedRequests.maxArrayLength(api)).as(api.name)
                        .isEqualTo(KeyedRequests.MAX_ARRAY_LENGTH));
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void oneTopicNamedManyTimesDoesNotKeepTheLoopBusy() {
        int most = KeyedRequests.MAX_TOPICS;

        assertThat(
                decoder.decode(sameTopics(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, new byte[0], most, 6), Nobody.INSTANCE))
                .isInstanceOf(Decoded.Understood.class);
        assertThat(decoder.decode(sameTopics(ApiKeys.PRODUCE, 3, new byte[8], most, 6), Nobody.INSTANCE))
                .isInstanceOf(Decoded.Understood.class);
        assertThat(decoder.decode(sameTopics(ApiKeys.PRODUCE, 3, new byte[8], most + 1, 6), Nobody.INSTANCE))
                .isInstanceOf(Decoded.Refused.class);
        assertThat(decoder.decode(sameTopics(ApiKeys.DESCRIBE_LOG_DIRS, 1, new byte[0], 250, 6), Nobody.INSTANCE))
                .isInstanceOf(Decoded.Understood.class);
        assertThat(decoder.decode(sameTopics(ApiKeys.DESCRIBE_LOG_DIRS, 1, new byte[0], 251, 6), Nobody.INSTANCE))
                .isInstanceOf(Decoded.Refused.class);
    }

    /// A request in which `count` topics of no name and no partition follow the first fields.
    private static ByteBuffer sameTopics(ApiKeys api, int version, byte[] fields, int count, int topicBytes) {
        return ByteBuffer.allocate(10 + fields.length + 4 + count * topicBytes)
                .putShort(api.id)
                .putShort((short) version)
                .putInt(1)
                .putShort((short) -1)
                .put(fields)
                .putInt(count)
                .rewind();
    }

    @Test
    void fieldsOfVersionsToComeAreSteppedOver() {
        ByteBuffer plain = messages.request(ApiKeys.LIST_GROUPS, (short) 3, 1);
        ByteBuffer frame = ByteBuffer.allocate(plain.limit() + 1_004);
        plain.limit(plain.limit() - 1);
        frame.put(plain).put((byte) 1).put((byte) 99).put((byte) 0xe8).put((byte) 7);
        frame.position(frame.position() + 1_000).flip();

        Decoded decoded = decode(frame);

        assertThat(decoded).isInstanceOf(Decoded.Understood.class);
        assertThat(((Decoded.Understood) decoded).request().body().unknownTaggedFields()).isEmpty();
    }

    @Test
    void whatIsNotServedIsRefused() {
        RequestDecoder narrow = new RequestDecoder(SupportedApis.of(List.of(ApiKeys.METADATA)));

        assertThat(narrow.decode(messages.request(ApiKeys.FETCH, (short) 4, 1), Nobody.INSTANCE))
                .isEqualTo(new Decoded.Refused("unsupported version 4 of Fetch"));
        assertThat(decode(ByteBuffer.allocate(20).putShort(0, (short) 500)))
                .isEqualTo(new Decoded.Refused("unknown API key 500"));
        assertThat(decode(ByteBuffer.allocate(20).putShort(0, (short) -1)))
                .isEqualTo(new Decoded.Refused("unknown API key -1"));
        assertThat(decode(ByteBuffer.allocate(20)))
                .isEqualTo(new Decoded.Refused("unsupported version 0 of Produce"));
    }

    @Test
    void anApiVersionsRequestOfAnyOtherVersionIsToldWhatThereIs() {
        for (short version : new short[]{-1, 6, 99, Short.MAX_VALUE}) {
            ByteBuffer frame = ByteBuffer.allocate(9).putShort(ApiKeys.API_VERSIONS.id).putShort(version).putInt(5);

            assertThat(decode(frame.rewind())).isEqualTo(new Decoded.UnsupportedApiVersions(5));
        }
    }

    @Test
    void produceIsAnnouncedFromZeroButServedFromThree() {
        assertThat(supported.announced().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        assertThat(supported.isSupported(ApiKeys.PRODUCE, (short) 2)).isFalse();
        assertThat(supported.isSupported(ApiKeys.PRODUCE, (short) 3)).isTrue();
        assertThat(supported.isSupported(ApiKeys.INIT_PRODUCER_ID, (short) 6)).isFalse();
    }

    /// Decodes, and checks what it cost.
    private Decoded decode(ByteBuffer frame) {
        long most = MAX_BYTES_AT_ONCE + MAX_BYTES_PER_BYTE * frame.remaining();
        long cost = costOf(frame);
        // Classes and call sites that are linked the first time cost once.
        assertThat(cost <= most ? cost : costOf(frame))
                .as("bytes reserved for a frame of %d, seed %d", frame.remaining(), seed)
                .isLessThanOrEqualTo(most);
        return decoder.decode(frame, Nobody.INSTANCE);
    }

    private long costOf(ByteBuffer frame) {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer copy = frame.duplicate();
        long before = thread.getCurrentThreadAllocatedBytes();
        decoder.decode(copy, Nobody.INSTANCE);
        return thread.getCurrentThreadAllocatedBytes() - before;
    }

    /// The request's body, written and read once more by the generated classes.
    private static ApiMessage readAgain(Request request) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(request.body(), request.version()).buffer();
        ApiMessage again = request.api().messageType.newRequest();
        again.read(new ByteBufferAccessor(bytes), request.version());
        assertThat(request.body().size(new ObjectSerializationCache(), request.version()))
                .isEqualTo(bytes.limit());
        return again;
    }
}
