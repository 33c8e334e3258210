package io.girok.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FileSlice;
import io.girok.base.simulated.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class ResponseEncoderTest {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomMessages messages = new RandomMessages(random);
    private final AtomicInteger handles = new AtomicInteger();

    @Test
    void everyAnswerOfEveryVersionIsReadAsItWasMeant() {
        for (ApiKeys api : ApiKeys.values()) {
            if (!api.hasValidVersion()) {
                continue;
            }
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                for (int round = 0; round < 20; round++) {
                    ApiMessage body = api.messageType.newResponse();
                    body.read(new ByteBufferAccessor(messages.answer(api, version)), version);

                    ByteBuffer sent = join(ResponseEncoder.encode(api, version, round, body, ByteBuffer::allocate));

                    assertThat(readBody(api, version, round, sent)).as("%s v%d seed %d", api, version, seed)
                            .isEqualTo(body);
                }
            }
        }
    }

    @Test
    void theHeaderOfAnApiVersionsAnswerIsAlwaysVersionZero() {
        ByteBuffer sent = join(ResponseEncoder.encode(
                ApiKeys.API_VERSIONS, (short) 3, 9, new ApiVersionsResponseData(), ByteBuffer::allocate));

        assertThat(sent.getInt()).isEqualTo(sent.remaining());
        assertThat(sent.getInt()).isEqualTo(9);
        var body = new ApiVersionsResponseData(new ByteBufferAccessor(sent), (short) 3);
        assertThat(body.errorCode()).isZero();
        assertThat(sent.hasRemaining()).isFalse();
    }

    @Test
    void recordsAreSplicedInWithoutBeingCopied() throws IOException {
        byte[] content = new byte[1_000];
        random.nextBytes(content);
        ByteBuffer memory = ByteBuffer.wrap(content, 300, 200);
        SlicedRecords records = new SlicedRecords(List.of(
                slice(content, 100, 200), new SlicedRecords.Part.InMemory(memory), slice(content, 500, 500)));

        EncodedResponse encoded = ResponseEncoder.encode(
                ApiKeys.FETCH, (short) 12, 4, answer(records), ByteBuffer::allocate);

        assertThat(encoded.own().capacity()).isLessThan(100);
        assertThat(encoded.own().hasRemaining()).isFalse();
        FetchResponseData read = (FetchResponseData) readBody(ApiKeys.FETCH, (short) 12, 4, join(encoded));
        var received = (MemoryRecords) read.responses().getFirst().partitions().getFirst().records();
        assertThat(received.buffer()).isEqualTo(ByteBuffer.wrap(content, 100, 900));
        encoded.release();
        encoded.release();
        assertThat(handles.get()).isZero();
    }

    @Test
    void anAnswerThatCanNotBeSaidGivesItsHandlesBack() throws IOException {
        FetchResponseData body = answer(new SlicedRecords(List.of(slice(new byte[10], 0, 10))));
        body.responses().getFirst().setTopic(null);

        assertThatThrownBy(
                () -> ResponseEncoder.encode(ApiKeys.FETCH, (short) 12, 4, body, ByteBuffer::allocate))
                .isInstanceOf(RuntimeException.class);

        assertThat(handles.get()).isZero();
    }

    private SlicedRecords.Part slice(byte[] content, int position, int size) throws IOException {
        MemoryDisk disk = new MemoryDisk();
        disk.createDirectories(Path.of("/d"));
        DiskFile file = disk.open(Path.of("/d/f"), Disk.Access.CREATE);
        file.write(ByteBuffer.wrap(content), 0);
        handles.incrementAndGet();
        return new SlicedRecords.Part.InFile(new FileSlice(file, position, size, handles::decrementAndGet));
    }

    private static FetchResponseData answer(SlicedRecords records) {
        var partition = new FetchResponseData.PartitionData().setPartitionIndex(0).setRecords(records);
        var topic = new FetchResponseData.FetchableTopicResponse().setTopic("t")
                .setPartitions(new ArrayList<>(List.of(partition)));
        return new FetchResponseData().setResponses(new ArrayList<>(List.of(topic)));
    }

    private static ApiMessage readBody(ApiKeys api, short version, int correlationId, ByteBuffer sent) {
        ByteBufferAccessor readable = new ByteBufferAccessor(sent);
        assertThat(readable.readInt()).isEqualTo(sent.remaining());
        var header = new ResponseHeaderData(readable, api.responseHeaderVersion(version));
        assertThat(header.correlationId()).isEqualTo(correlationId);
        ApiMessage body = api.messageType.newResponse();
        body.read(readable, version);
        assertThat(sent.hasRemaining()).isFalse();
        return body;
    }

    /// What the network would send.
    private static ByteBuffer join(EncodedResponse encoded) {
        ByteBuffer joined = ByteBuffer.allocate(encoded.sizeInBytes());
        for (EncodedResponse.Chunk chunk : encoded.chunks()) {
            switch (chunk) {
                case EncodedResponse.Chunk.Own(int from, int to) -> joined.put(encoded.own().slice(from, to - from));
                case EncodedResponse.Chunk.Memory(ByteBuffer bytes) -> joined.put(bytes.duplicate());
                case EncodedResponse.Chunk.InFile(FileSlice slice) -> readInto(joined, slice);
            }
        }
        return joined.flip();
    }

    private static void readInto(ByteBuffer joined, FileSlice slice) {
        try {
            assertThat(slice.read(joined, 0)).isEqualTo(slice.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
