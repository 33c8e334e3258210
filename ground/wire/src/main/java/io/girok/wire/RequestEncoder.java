package io.girok.wire;

import io.girok.base.Invariant;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/// Turns a request to another node into bytes, and the bytes of its answer into what they say. Immutable.
///
/// ```
/// size  | api key | version | correlation id | client id | tagged fields | body
/// int32 | int16   | int16   | int32          | string    | header v2     | by api key and version
/// ```
public final class RequestEncoder {
    /// What a node calls itself to others.
    private static final String CLIENT_ID = "girok";

    private RequestEncoder() {}

    /// @param allocate reserves the memory, from its position 0 on
    /// @return what `allocate` gave, filled from 0 to its position
    public static ByteBuffer encode(ApiKeys api, short version, int correlationId, ApiMessage body,
            IntFunction<ByteBuffer> allocate) {
        return encode(header(api, version, correlationId).setClientId(CLIENT_ID), body, allocate);
    }

    /// Writes a request as its client has sent it, with what the client calls itself; otherwise as the other one.
    public static ByteBuffer encode(Request request, IntFunction<ByteBuffer> allocate) {
        return encode(header(request.api(), request.version(), request.correlationId()).setClientId(request.clientId()),
                request.body(), allocate);
    }

    private static RequestHeaderData header(ApiKeys api, short version, int correlationId) {
        return new RequestHeaderData().setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId);
    }

    private static ByteBuffer encode(RequestHeaderData header, ApiMessage body, IntFunction<ByteBuffer> allocate) {
        short version = header.requestApiVersion();
        short headerVersion = ApiKeys.forId(header.requestApiKey()).requestHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = header.size(cache, headerVersion) + body.size(cache, version);
        ByteBuffer frame = allocate.apply(Integer.BYTES + size);
        ByteBufferAccessor writable = new ByteBufferAccessor(frame);
        writable.writeInt(size);
        header.write(writable, cache, headerVersion);
        body.write(writable, cache, version);
        Invariant.check(frame.position() == Integer.BYTES + size, "a request is as large as it was announced");
        return frame;
    }

    /// Which request a frame (without its length prefix) answers.
    ///
    /// @throws RuntimeException when it is too short
    public static int correlationId(ByteBuffer frame) {
        return frame.getInt(frame.position());
    }

    /// Reads an answer; record bytes in it point into `frame`.
    ///
    /// @throws RuntimeException when the frame is malformed
    public static ApiMessage decodeAnswer(ApiKeys api, short version, ByteBuffer frame) {
        ByteBufferAccessor readable = new ByteBufferAccessor(frame);
        ResponseHeaderData header = new ResponseHeaderData();
        header.read(readable, api.responseHeaderVersion(version));
        ApiMessage body = api.messageType.newResponse();
        body.read(readable, version);
        return body;
    }
}
