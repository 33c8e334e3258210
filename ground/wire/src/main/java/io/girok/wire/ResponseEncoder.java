package io.girok.wire;

import io.girok.base.Invariant;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;

/// Turns an answer into a row of chunks, records in files untouched. Immutable.
///
/// ```
/// size  | correlation id | tagged fields | body
/// int32 | int32          | header v1     | by api key and version
/// ```
public final class ResponseEncoder {
    private ResponseEncoder() {}

    /// Takes over the file slices in `body`: they end up in the answer, or are released when this throws.
    ///
    /// @param allocate reserves the memory for everything but records, from its position 0 on
    /// @throws RuntimeException when `body` can't be said in this version: a handler's mistake
    public static EncodedResponse encode(ApiKeys api, short version, int correlationId, ApiMessage body,
            IntFunction<ByteBuffer> allocate) {
        boolean isEncoded = false;
        try {
            EncodedResponse encoded = write(api, version, correlationId, body, allocate);
            isEncoded = true;
            return encoded;
        } finally {
            if (!isEncoded) {
                release(body);
            }
        }
    }

    private static EncodedResponse write(ApiKeys api, short version, int correlationId, ApiMessage body,
            IntFunction<ByteBuffer> allocate) {
        short headerVersion = api.responseHeaderVersion(version);
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);

        ByteBuffer own = allocate.apply(Integer.BYTES + size.sizeExcludingZeroCopy());
        ChunkWritable writable = new ChunkWritable(own);
        writable.writeInt(size.totalSize());
        header.write(writable, cache, headerVersion);
        body.write(writable, cache, version);
        EncodedResponse encoded = writable.finish();
        if (encoded.sizeInBytes() != Integer.BYTES + size.totalSize()) {
            throw Invariant.violated(api.name + " v" + version + ": answer of " + encoded.sizeInBytes()
                    + " bytes was announced with " + size.totalSize());
        }
        return encoded;
    }

    /// Gives back the file handles of an answer that will not be sent.
    public static void release(ApiMessage body) {
        if (body instanceof FetchResponseData fetch) {
            for (var topic : fetch.responses()) {
                for (var partition : topic.partitions()) {
                    release(partition.records());
                }
            }
        } else if (body instanceof ShareFetchResponseData fetch) {
            for (var topic : fetch.responses()) {
                for (var partition : topic.partitions()) {
                    release(partition.records());
                }
            }
        }
    }

    private static void release(BaseRecords records) {
        if (records instanceof SlicedRecords sliced) {
            sliced.release();
        }
    }
}
