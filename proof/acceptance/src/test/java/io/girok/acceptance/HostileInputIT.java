package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no client sends: the broker answers with the documented error or closes that connection, and everybody else
/// goes on.
class HostileInputIT {
    @TempDir
    static Path directory;
    private static GirokProcess broker;

    @BeforeAll
    static void startABroker() {
        broker = GirokProcess.start(directory.resolve("data"));
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, "target", 1, Map.of());
        }
    }

    @AfterAll
    static void stopTheBroker() {
        String log = broker.errorText();
        broker.close();
        assertThat(log).as("no stack trace for hostile input").doesNotContain("\tat ");
    }

    @Test
    void garbageAndImpossibleLengthsCloseTheConnection() throws IOException {
        byte[] garbage = new byte[4_096];
        new Random(7).nextBytes(garbage);
        List<byte[]> inputs = List.of(
                garbage,
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                new byte[]{0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3},
                ByteBuffer.allocate(8).putInt(-1).array(),
                ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array(),
                ByteBuffer.allocate(8).putInt(Integer.MIN_VALUE).array(),
                frame(ByteBuffer.allocate(12).putShort((short) 30_000).putShort((short) 0).putInt(1).array()),
                frame(ByteBuffer.allocate(12).putShort((short) 0).putShort((short) 99).putInt(1).array()),
                frame(new byte[3]));

        for (byte[] input : inputs) {
            assertClosedAfter(input);
        }
        assertAWorkingClientWorks();
    }

    @Test
    void anUnknownApiVersionsVersionIsAnsweredInVersionZero() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(10)
                .putShort((short) 18)
                .putShort((short) 99)
                .putInt(77)
                .putShort((short) -1);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(frame(header.array()));

            ByteBuffer answer = readFrame(socket);

            assertThat(answer.getInt()).isEqualTo(77);
            ApiVersionsResponseData body = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(body.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(body.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
        }
    }

    @Test
    void aTruncatedFrameLeavesNothingBehind() throws IOException {
        for (int i = 0; i < 50; i++) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(ByteBuffer.allocate(20).putInt(1_000).array());
            }
        }

        assertAWorkingClientWorks();
    }

    @Test
    void brokenBatchesGetTheDocumentedError() throws IOException {
        ByteBuffer good = batch();
        assertThat(produce(good.duplicate())).isEqualTo(Errors.NONE);

        assertThat(produce(with(good, bytes -> bytes.put(70, (byte) (bytes.get(70) ^ 1)))))
                .isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(produce(with(good, bytes -> bytes.putInt(8, -5)))).isIn(Errors.CORRUPT_MESSAGE,
                Errors.INVALID_RECORD);
        assertThat(produce(with(good, bytes -> bytes.putInt(8, 1 << 30)))).isIn(
                Errors.CORRUPT_MESSAGE,
                Errors.INVALID_RECORD);
        assertThat(produce(withCrc(good, bytes -> bytes.putInt(57, 9)))).isIn(Errors.INVALID_RECORD,
                Errors.CORRUPT_MESSAGE);
        assertThat(produce(withCrc(good, bytes -> bytes.putInt(57, -9)))).isIn(Errors.INVALID_RECORD,
                Errors.CORRUPT_MESSAGE);
        assertThat(produce(with(good, bytes -> bytes.put(16, (byte) 1)))).isIn(
                Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                Errors.INVALID_RECORD,
                Errors.CORRUPT_MESSAGE);
        assertAWorkingClientWorks();
    }

    @Test
    void manySlowGiantsLeaveAWorkingClientWorking() throws IOException {
        List<Socket> giants = new ArrayList<>();
        try {
            byte[] announcement = ByteBuffer.allocate(4 + 64 * 1024)
                    .putInt(99 * 1024 * 1024)
                    .putShort((short) 0)
                    .putShort((short) 9)
                    .putInt(1)
                    .putShort((short) -1)
                    .array();
            for (int i = 0; i < 150; i++) {
                Socket socket = connect();
                socket.getOutputStream().write(announcement);
                giants.add(socket);
            }
            for (int round = 0; round < 5; round++) {
                for (Socket socket : giants) {
                    writeIfOpen(socket, new byte[1_024]);
                }
                assertAWorkingClientWorks();
            }

            assertThat(broker.isAlive()).isTrue();
        } finally {
            for (Socket socket : giants) {
                socket.close();
            }
        }
    }

    @Test
    void thousandsOfIdleAndHundredsOfSlowConnectionsLeaveAWorkingClientWorking() throws IOException {
        List<Socket> idle = new ArrayList<>();
        List<Socket> slow = new ArrayList<>();
        byte[] dripped = frame(new byte[1_000]);
        try {
            for (int i = 0; i < 5_000; i++) {
                idle.add(connect());
            }
            for (int i = 0; i < 500; i++) {
                slow.add(connect());
            }
            for (int round = 0; round < 20; round++) {
                for (Socket socket : slow) {
                    socket.getOutputStream().write(dripped, round, 1);
                }
                assertAWorkingClientWorks();
            }

            for (Socket socket : List.of(idle.getFirst(), idle.getLast(), slow.getFirst(), slow.getLast())) {
                assertThat(socket.getInputStream().available()).as("nobody was turned away").isZero();
                socket.getOutputStream().write(0);
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /// In a flexible version a text may say of itself that it has 2 GiB; whatever it has, it is a topic's name.
    @ParameterizedTest
    @ValueSource(ints = {100_000, 32_768, 32_767})
    void namesOfAHundredThousandCharactersAreNoNames(int length) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(length + 64)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 12)
                .putInt(7)
                .putShort((short) -1)
                .put((byte) 0)
                // One topic, without an id.
                .put((byte) 2)
                .putLong(0)
                .putLong(0);
        new ByteBufferAccessor(request).writeUnsignedVarint(length + 1);
        for (int i = 0; i < length; i++) {
            request.put((byte) 'x');
        }
        request.put(new byte[4]).flip();
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);

        if (length <= Short.MAX_VALUE) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(frame(bytes));
                ByteBuffer answer = readFrame(socket);
                answer.position(5);
                assertThat(new MetadataResponseData(new ByteBufferAccessor(answer), (short) 12).topics())
                        .extracting(MetadataResponseData.MetadataResponseTopic::errorCode)
                        .containsExactly(Errors.INVALID_TOPIC_EXCEPTION.code());
            }
        } else {
            assertClosedAfter(frame(bytes));
        }
        assertAWorkingClientWorks();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "a/b", "a\u0000b", "..", ".", "a\nb", "\u001b[2J"})
    void namesThatLeadElsewhereAreNoNames(String name) {
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            KafkaFuture<Void> made = admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all();

            assertThatThrownBy(made::get).hasCauseInstanceOf(InvalidTopicException.class);
        }
    }

    private static void writeIfOpen(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            socket.close();
        }
    }

    private interface Change {
        void on(ByteBuffer bytes);
    }

    private static ByteBuffer with(ByteBuffer batch, Change change) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        change.on(copy);
        return copy;
    }

    private static ByteBuffer withCrc(ByteBuffer batch, Change change) {
        return with(batch, bytes -> {
            change.on(bytes);
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(bytes.duplicate().position(21));
            bytes.putInt(17, (int) crc.getValue());
        });
    }

    private static ByteBuffer batch() {
        return MemoryRecords.withRecords(
                org.apache.kafka.common.compress.Compression.NONE,
                new org.apache.kafka.common.record.internal.SimpleRecord(
                        System.currentTimeMillis(),
                        "key".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        "a value that is long enough to be flipped".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .buffer();
    }

    private static Errors produce(ByteBuffer records) throws IOException {
        short version = 9;
        ProduceRequestData body = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        body.topicData()
                .add(
                        new ProduceRequestData.TopicProduceData().setName("target")
                                .setPartitionData(
                                        List.of(
                                                new ProduceRequestData.PartitionProduceData().setIndex(0)
                                                        .setRecords(MemoryRecords.readableRecords(records)))));
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(ApiKeys.PRODUCE.id)
                .setRequestApiVersion(version)
                .setCorrelationId(5)
                .setClientId("hostile");
        try (Socket socket = connect()) {
            ByteBuffer headerBytes = MessageUtil
                    .toByteBufferAccessor(header, ApiKeys.PRODUCE.requestHeaderVersion(version))
                    .buffer();
            ByteBuffer bodyBytes = MessageUtil.toByteBufferAccessor(body, version).buffer();
            ByteBuffer request = ByteBuffer.allocate(headerBytes.remaining() + bodyBytes.remaining())
                    .put(headerBytes)
                    .put(bodyBytes);
            socket.getOutputStream().write(frame(request.array()));
            ByteBuffer answer = readFrame(socket);
            answer.getInt();
            answer.get();
            ProduceResponseData response = new ProduceResponseData(new ByteBufferAccessor(answer), version);
            return Errors.forCode(response.responses().iterator().next().partitionResponses().getFirst().errorCode());
        }
    }

    private static void assertAWorkingClientWorks() {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of("linger.ms", 0))) {
            assertThat(Clients.await(producer.send(new ProducerRecord<>("target", "still here"))).hasOffset()).isTrue();
        }
    }

    private static void assertClosedAfter(byte[] input) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(input);
            int read;
            try {
                read = socket.getInputStream().read();
            } catch (SocketException e) {
                read = -1;
            }
            assertThat(read).as("end of connection after %s bytes", input.length).isEqualTo(-1);
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", broker.port());
        socket.setSoTimeout(Math.toIntExact(Clients.LIMIT.toMillis()));
        return socket;
    }

    private static byte[] frame(byte[] content) {
        return ByteBuffer.allocate(4 + content.length).putInt(content.length).put(content).array();
    }

    private static ByteBuffer readFrame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] content = new byte[in.readInt()];
        in.readFully(content);
        return ByteBuffer.wrap(content);
    }
}
