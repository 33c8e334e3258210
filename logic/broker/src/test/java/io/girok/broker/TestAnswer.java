package io.girok.broker;

import io.girok.base.FileSlice;
import io.girok.wire.Connection;
import io.girok.wire.Decoded;
import io.girok.wire.EncodedResponse;
import io.girok.wire.Request;
import io.girok.wire.RequestDecoder;
import io.girok.wire.Responder;
import io.girok.wire.ResponseEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/// What came back for one request: written to bytes and read again, as a client would.
public final class TestAnswer implements Responder {
    private static final int CORRELATION_ID = 42;

    private final ApiKeys api;
    private final short version;
    private ApiMessage body;
    private boolean isNothing;
    private String closeReason;

    private TestAnswer(ApiKeys api, short version) {
        this.api = api;
        this.version = version;
    }

    public static TestAnswer ask(ApiTable table, ApiMessage body, short version) {
        ApiKeys api = ApiKeys.forId(body.apiKey());
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(CORRELATION_ID)
                .setClientId("test");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion(version)).buffer();
        ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, version).buffer();
        ByteBuffer frame = ByteBuffer.allocateDirect(head.remaining() + rest.remaining()).put(head).put(rest).flip();
        Decoded decoded = new RequestDecoder(table.supported()).decode(frame, new TestConnection());
        if (!(decoded instanceof Decoded.Understood(Request request))) {
            throw new AssertionError("not a request: " + decoded);
        }
        TestAnswer answer = new TestAnswer(api, version);
        table.handle(request, answer);
        return answer;
    }

    public boolean isThere() {
        return body != null || isNothing || closeReason != null;
    }

    /// Whether the request was done without an answer.
    public boolean isNothing() {
        return isNothing;
    }

    /// Why the connection was closed, null when it was not.
    public String closeReason() {
        return closeReason;
    }

    public <T extends ApiMessage> T as(Class<T> type) {
        if (body == null) {
            throw new AssertionError(api + " has no answer yet, or closed the connection: " + closeReason);
        }
        return type.cast(body);
    }

    @Override
    public void respond(ApiMessage answer) {
        checkFirst();
        EncodedResponse encoded = ResponseEncoder.encode(api, version, CORRELATION_ID, answer, ByteBuffer::allocate);
        ByteBuffer bytes = ByteBuffer.allocate(encoded.sizeInBytes());
        for (EncodedResponse.Chunk chunk : encoded.chunks()) {
            switch (chunk) {
                case EncodedResponse.Chunk.Own(int from, int to) -> bytes.put(encoded.own().slice(from, to - from));
                case EncodedResponse.Chunk.Memory(ByteBuffer memory) -> bytes.put(memory.duplicate());
                case EncodedResponse.Chunk.InFile(FileSlice slice) -> read(slice, bytes);
            }
        }
        encoded.release();
        bytes.flip().position(Integer.BYTES);
        ByteBufferAccessor readable = new ByteBufferAccessor(bytes);
        int correlationId = new ResponseHeaderData(readable, api.responseHeaderVersion(version)).correlationId();
        if (correlationId != CORRELATION_ID) {
            throw new AssertionError("correlation id " + correlationId);
        }
        body = api.messageType.newResponse();
        body.read(readable, version);
    }

    @Override
    public void respondNothing() {
        checkFirst();
        isNothing = true;
    }

    @Override
    public void closeConnection(String reason) {
        checkFirst();
        closeReason = reason;
    }

    private void checkFirst() {
        if (isThere()) {
            throw new AssertionError(api + " was answered twice");
        }
    }

    private static void read(FileSlice slice, ByteBuffer into) {
        try {
            ByteBuffer part = ByteBuffer.allocate(slice.size());
            while (part.hasRemaining() && 0 < slice.read(part, part.position())) {
                continue;
            }
            into.put(part.flip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A connection that never closes.
    private static final class TestConnection implements Connection {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress(9092);
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress(50_000);
        }

        @Override
        public String listenerName() {
            return "PLAINTEXT";
        }

        @Override
        public void onClose(Runnable task) {
            // Nothing closes it.
        }
    }
}
