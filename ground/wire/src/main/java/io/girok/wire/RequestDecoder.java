package io.girok.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Turns the bytes of a frame (without its length prefix) into a request. Immutable.
///
/// ```
/// api key | version | correlation id | client id | tagged fields | body
/// int16   | int16   | int32          | string    | header v2     | by api key and version
/// ```
///
/// A frame is a stranger's word: each length in it is held against what is left of the frame before memory is
/// reserved, and the number of elements against [#MAX_ELEMENTS], because an element of one byte on the wire is an
/// object of a hundred in memory. Whatever the bytes are, the outcome is one of [Decoded]; no exception leaves.
public final class RequestDecoder {
    /// Bytes that every request has: api key, version and correlation id.
    static final int MIN_FRAME_BYTES = 8;

    /// Array elements in one request, nested ones included: enough for a fetch of 250,000 topics.
    public static final int MAX_ELEMENTS = 500_000;

    private final SupportedApis supported;

    public RequestDecoder(SupportedApis supported) {
        this.supported = supported;
    }

    /// @param frame consumed from its position to its limit; record bytes of the body point into it
    public Decoded decode(ByteBuffer frame, Connection connection) {
        if (frame.remaining() < MIN_FRAME_BYTES) {
            return new Decoded.Refused("a frame of " + frame.remaining() + " bytes is too short for a request");
        }
        short apiKey = frame.getShort(frame.position());
        short version = frame.getShort(frame.position() + 2);
        if (!ApiKeys.hasId(apiKey)) {
            return new Decoded.Refused("unknown API key " + apiKey);
        }
        ApiKeys api = ApiKeys.forId(apiKey);
        if (supported.isSupported(api, version)) {
            return read(frame, api, version, connection);
        }
        if (api == ApiKeys.API_VERSIONS) {
            return new Decoded.UnsupportedApiVersions(frame.getInt(frame.position() + 4));
        }
        return new Decoded.Refused("unsupported version " + version + " of " + api.name);
    }

    /// The generated classes throw what they like at bytes that break the protocol, and have no type of their own for
    /// it: everything they throw here means a malformed frame.
    private static Decoded read(ByteBuffer frame, ApiKeys api, short version, Connection connection) {
        FrameReadable readable = new FrameReadable(frame, KeyedRequests.maxElements(api),
                KeyedRequests.maxArrayLength(api));
        try {
            RequestHeaderData header = new RequestHeaderData(readable, api.requestHeaderVersion(version));
            ApiMessage body = KeyedRequests.read(api, readable, version);
            if (readable.buffer().hasRemaining()) {
                return new Decoded.Refused(
                        api.name + " v" + version + " is followed by " + readable.buffer().remaining() + " bytes");
            }
            return new Decoded.Understood(
                    new Request(api, version, header.correlationId(), header.clientId(), body, connection));
        } catch (RuntimeException e) {
            return new Decoded.Refused("malformed " + api.name + " v" + version);
        }
    }
}
