package io.girok.network;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// A client that sends what it is told, byte by byte if need be.
final class RawClient implements AutoCloseable {
    final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.in = new DataInputStream(socket.getInputStream());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
    }

    static RawClient connect(int port) throws IOException {
        return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /// With a receive buffer so small that the server soon can't send more.
    static RawClient connectNarrow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    /// A frame with its length prefix.
    static byte[] frame(ApiKeys api, int version, int correlationId, ApiMessage body) {
        short headerVersion = api.requestHeaderVersion((short) version);
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.id)
                .setRequestApiVersion((short) version)
                .setCorrelationId(correlationId)
                .setClientId("test");
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = header.size(cache, headerVersion) + body.size(cache, (short) version);
        ByteBuffer buffer = ByteBuffer.allocate(4 + size);
        ByteBufferAccessor writable = new ByteBufferAccessor(buffer);
        writable.writeInt(size);
        header.write(writable, cache, headerVersion);
        body.write(writable, cache, (short) version);
        return buffer.array();
    }

    /// A small request that the tests' handlers answer as they please.
    static byte[] ping(int correlationId) {
        return frame(ApiKeys.METADATA, 0, correlationId, ApiKeys.METADATA.messageType.newRequest());
    }

    /// A produce request that carries `size` bytes of records.
    static byte[] produce(int correlationId, int size) {
        ProduceRequestData body = new ProduceRequestData().setAcks((short) -1);
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(0)
                .setRecords(MemoryRecords.readableRecords(ByteBuffer.allocate(size)));
        var topic = new ProduceRequestData.TopicProduceData().setName("t");
        topic.partitionData().add(partition);
        body.topicData().add(topic);
        return frame(ApiKeys.PRODUCE, 9, correlationId, body);
    }

    static byte[] prefix(int length) {
        return ByteBuffer.allocate(4).putInt(length).array();
    }

    RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    RawClient send(byte[] bytes, int from, int to) throws IOException {
        out.write(bytes, from, to - from);
        return this;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The next answer without its length prefix.
    ByteBuffer receive() throws IOException {
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return ByteBuffer.wrap(answer);
    }

    int receiveCorrelationId() throws IOException {
        return receive().getInt();
    }

    /// Whether the server ends the connection before it sends anything else.
    boolean isClosedByServer() throws IOException {
        try {
            return in.read() == -1;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    DataInputStream in() {
        return in;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
