package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FileDisk;
import io.girok.base.FileSlice;
import io.girok.base.simulated.MemoryDisk;
import io.girok.network.TestServer.Aside;
import io.girok.wire.SlicedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Fetch answers that lie in files.
@Timeout(60)
class FileAnswerTest {
    private static final int FILE_BYTES = 8 * 1024 * 1024;
    private static final short VERSION = 12;

    @TempDir
    private Path directory;

    private final byte[] content = new byte[FILE_BYTES];
    private final AtomicInteger handles = new AtomicInteger();
    private final Aside handler = new Aside();
    private DiskFile file;

    @BeforeEach
    void fill() throws IOException {
        new Random(1).nextBytes(content);
        file = write(new FileDisk(), directory.resolve("f"));
    }

    @AfterEach
    void closeFile() throws IOException {
        file.close();
    }

    @Test
    void aFileRegionLargerThanTheSocketBuffersArrivesWhole() throws Exception {
        try (TestServer server = TestServer.start(handler); RawClient client = RawClient.connectNarrow(server.port())) {
            client.send(fetch(1)).send(fetch(2));
            handler.next().responder().respond(answer(slice(file, 100, FILE_BYTES - 200)));
            handler.next().responder().respond(answer(slice(file, 5, 10)));

            assertThat(receiveRecords(client)).isEqualTo(part(100, FILE_BYTES - 200));
            assertThat(receiveRecords(client)).isEqualTo(part(5, 10));
            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void nioSendsFileRegionsToo() throws Exception {
        try (TestServer server = new TestServer(NettyShards.startNio(1), handler, NetworkSettings.DEFAULTS);
                RawClient client = RawClient.connectNarrow(server.port())) {
            client.send(fetch(1));
            handler.next().responder().respond(answer(slice(file, 0, FILE_BYTES)));

            assertThat(receiveRecords(client)).isEqualTo(content);
            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void aDiskInMemoryIsServedByCopies() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        disk.createDirectories(Path.of("/d"));
        try (DiskFile memoryFile = write(disk, Path.of("/d/f"));
                TestServer server = TestServer.start(handler);
                RawClient client = RawClient.connectNarrow(server.port())) {
            client.send(fetch(1));
            handler.next().responder().respond(answer(slice(memoryFile, 7, 3_000_000)));

            assertThat(receiveRecords(client)).isEqualTo(part(7, 3_000_000));
            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    /// @param bytes of a part in a file
    @ParameterizedTest
    @ValueSource(ints = {5_000, 50_000})
    void partsInFilesAndInMemoryKeepTheirOrder(int bytes) throws Exception {
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(fetch(1));
            List<SlicedRecords.Part> parts = List.of(
                    new SlicedRecords.Part.InMemory(ByteBuffer.wrap(content, 0, 1_000)),
                    slice(file, 1_000, bytes),
                    slice(file, 1_000 + bytes, 0),
                    new SlicedRecords.Part.InMemory(ByteBuffer.wrap(content, 1_000 + bytes, 9_000)),
                    slice(file, 10_000 + bytes, 2 * bytes));

            handler.next().responder().respond(answer(new SlicedRecords(parts)));

            assertThat(receiveRecords(client)).isEqualTo(part(0, 10_000 + 3 * bytes));
            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void handlesAreGivenBackWhenTheClientLeavesInTheMiddle() throws Exception {
        try (TestServer server = TestServer.start(handler)) {
            try (RawClient client = RawClient.connectNarrow(server.port())) {
                client.send(fetch(1)).send(fetch(2)).send(fetch(3));
                var first = handler.next();
                var second = handler.next();
                handler.next().responder().respond(answer(slice(file, 0, FILE_BYTES)));
                second.responder().respond(answer(slice(file, 0, FILE_BYTES)));
                first.responder().respond(answer(slice(file, 0, FILE_BYTES)));
                client.in().readNBytes(100_000);
                assertThat(handles.get()).isEqualTo(3);
            }

            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void handlesAreGivenBackWhenTheAnswerComesTooLate() throws Exception {
        try (TestServer server = TestServer.start(handler)) {
            RawClient client = server.connect();
            client.send(fetch(1));
            var call = handler.next();
            client.close();
            TestServer.await("the connection is gone", () -> server.network.connectionCount() == 0);

            call.responder().respond(answer(slice(file, 0, FILE_BYTES)));

            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void handlesAreGivenBackWhenTheLoopsHaveEnded() throws Exception {
        TestServer server = TestServer.start(handler);
        try (RawClient client = server.connect()) {
            client.send(fetch(1));
            var call = handler.next();
            server.close();

            call.responder().respond(answer(slice(file, 0, FILE_BYTES)));

            assertThat(handles.get()).isZero();
            assertThat(server.network.requestMemory().usedBytes()).isZero();
        }
    }

    @Test
    void handlesAreGivenBackWhenTheAnswerCanNotBeEncoded() throws Exception {
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(fetch(1));
            FetchResponseData unsayable = answer(slice(file, 0, FILE_BYTES));
            unsayable.responses().getFirst().setTopic(null);

            handler.next().responder().respond(unsayable);

            assertThat(client.isClosedByServer()).isTrue();
            assertThat(handles.get()).isZero();
        }
    }

    @Test
    void aFileThatWasCutEndsTheConnection() throws Exception {
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(fetch(1));
            FetchResponseData body = answer(slice(file, 0, FILE_BYTES));
            file.truncate(1_000_000);

            handler.next().responder().respond(body);

            client.in().readNBytes(900_000);
            TestServer.await("handles are back", () -> handles.get() == 0);
            TestServer.await("the connection is gone", () -> server.network.connectionCount() == 0);
        }
    }

    @Test
    void whatIsLittleIsReadBeforeAnythingIsSent() throws Exception {
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(fetch(1));
            FetchResponseData body = answer(slice(file, 0, 20_000));
            file.truncate(10_000);

            handler.next().responder().respond(body);

            assertThat(client.in().readAllBytes()).isEmpty();
            assertThat(handles.get()).isZero();
        }
    }

    private DiskFile write(Disk disk, Path path) throws IOException {
        DiskFile written = disk.open(path, Disk.Access.CREATE);
        written.write(ByteBuffer.wrap(content), 0);
        return written;
    }

    private SlicedRecords.Part slice(DiskFile from, long position, int size) {
        handles.incrementAndGet();
        return new SlicedRecords.Part.InFile(new FileSlice(from, position, size, handles::decrementAndGet));
    }

    private static FetchResponseData answer(SlicedRecords.Part part) {
        return answer(new SlicedRecords(List.of(part)));
    }

    private static FetchResponseData answer(SlicedRecords records) {
        var partition = new FetchResponseData.PartitionData().setPartitionIndex(0).setRecords(records);
        var topic = new FetchResponseData.FetchableTopicResponse().setTopic("t")
                .setPartitions(new ArrayList<>(List.of(partition)));
        return new FetchResponseData().setResponses(new ArrayList<>(List.of(topic)));
    }

    private static byte[] fetch(int correlationId) {
        return RawClient.frame(ApiKeys.FETCH, VERSION, correlationId, new FetchRequestData());
    }

    private static byte[] receiveRecords(RawClient client) throws IOException {
        ByteBuffer answer = client.receive();
        answer.getInt();
        answer.get();
        var body = new FetchResponseData(new ByteBufferAccessor(answer), VERSION);
        var records = (MemoryRecords) body.responses().getFirst().partitions().getFirst().records();
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().duplicate().get(bytes);
        return bytes;
    }

    private byte[] part(int from, int size) {
        return java.util.Arrays.copyOfRange(content, from, from + size);
    }
}
