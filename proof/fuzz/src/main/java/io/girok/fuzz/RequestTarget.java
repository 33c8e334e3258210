package io.girok.fuzz;

import io.girok.wire.Decoded;
import io.girok.wire.Nobody;
import io.girok.wire.RandomMessages;
import io.girok.wire.Request;
import io.girok.wire.RequestDecoder;
import io.girok.wire.SupportedApis;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/// One frame, as the decoder of requests takes it: every API in every version. What is understood is the same when it
/// is written and read again.
final class RequestTarget implements FuzzTarget {
    static final List<ApiKeys> APIS = List.of(ApiKeys.values()).stream().filter(ApiKeys::hasValidVersion).toList();
    static final SupportedApis SUPPORTED = SupportedApis.of(APIS);

    private final RequestDecoder decoder = new RequestDecoder(SUPPORTED);

    @Override
    public void take(byte[] input) {
        if (decoder.decode(ByteBuffer.wrap(input), Nobody.INSTANCE) instanceof Decoded.Understood(Request request)) {
            checkReadAgain(request);
        }
    }

    static void checkReadAgain(Request request) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(request.body(), request.version()).buffer();
        ApiMessage again = request.api().messageType.newRequest();
        again.read(new ByteBufferAccessor(bytes.duplicate()), request.version());
        ByteBuffer bytesAgain = MessageUtil.toByteBufferAccessor(again, request.version()).buffer();
        // Not by equals: not a number is not equal to itself.
        if (!bytesAgain.equals(bytes)) {
            throw new AssertionError(request.api() + " v" + request.version() + " is another one when read again");
        }
    }

    @Override
    public List<byte[]> seeds() {
        RandomMessages messages = new RandomMessages(new Random(7));
        List<byte[]> seeds = new ArrayList<>();
        for (ApiKeys api : APIS) {
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                seeds.add(bytes(messages.request(api, version, 7)));
            }
        }
        return seeds;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /// The round trip takes as much again.
    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 1024 * 1024 + 1_000L * inputBytes;
    }
}
