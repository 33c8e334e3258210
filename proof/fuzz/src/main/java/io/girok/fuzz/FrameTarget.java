package io.girok.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.simulated.ManualClock;
import io.girok.network.EmbeddedConnection;
import io.girok.network.Guard;
import io.girok.network.NetworkSettings;
import io.girok.wire.RandomMessages;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// The bytes of a whole connection, in pieces: frames, requests, SASL, and answers in order.
///
/// ```
/// 0  bit 0: at a listener with SASL   bit 1: time passes at the end
/// 1  bytes of a piece, from 1
/// 2  what the client sends
/// ```
final class FrameTarget implements FuzzTarget {
    private static final int HEAD_BYTES = 2;
    private static final NetworkSettings SETTINGS = NetworkSettings.DEFAULTS.withRequestBytes(64 * 1024, 128 * 1024)
            .withInFlight(4, 32 * 1024)
            .withTimeouts(600_000, 5_000)
            .withFailedAuthenticationDelay(0);

    private final Guard sasl = new Guard(Optional.empty(), Optional.of(SaslTarget.mechanisms()));

    @Override
    public void take(byte[] input) {
        if (input.length < HEAD_BYTES) {
            return;
        }
        boolean hasSasl = (input[0] & 1) != 0;
        int pieceBytes = 1 + (input[1] & 0xFF) * 8;
        EmbeddedConnection connection = new EmbeddedConnection(hasSasl ? sasl : Guard.NONE, SETTINGS,
                RequestTarget.SUPPORTED, (request, responder) -> answer(request, responder, hasSasl),
                new ManualClock());
        try (connection) {
            int next = HEAD_BYTES;
            boolean isProgressing = true;
            while (isProgressing) {
                int taken = connection.send(input, next, Math.min(input.length, next + pieceBytes));
                isProgressing = 0 < taken && next + taken < input.length;
                next += taken;
                connection.receive();
            }
            if ((input[0] & 2) != 0) {
                connection.pass(600_000);
                if (connection.isOpen()) {
                    throw new AssertionError("a connection is open that nothing has come on for ten minutes");
                }
            }
        }
        if (connection.heldBytes() != 0) {
            throw new AssertionError(
                    connection.heldBytes() + " bytes of requests are held by a connection that is gone");
        }
    }

    private static void answer(Request request, Responder responder, boolean hasSasl) {
        if (hasSasl && request.api() != ApiKeys.API_VERSIONS) {
            throw new AssertionError("somebody is let in who knows no password");
        }
        RequestTarget.checkReadAgain(request);
        if (request.api() == ApiKeys.API_VERSIONS) {
            responder.respond(new ApiVersionsResponseData());
        } else {
            responder.respondNothing();
        }
    }

    @Override
    public List<byte[]> seeds() {
        RandomMessages messages = new RandomMessages(new Random(8));
        List<byte[]> seeds = new ArrayList<>();
        for (int piece : new int[]{0, 1, 255}) {
            ByteBuffer stream = ByteBuffer.allocate(16 * 1024).put((byte) 2).put((byte) piece);
            for (ApiKeys api : List.of(ApiKeys.API_VERSIONS, ApiKeys.METADATA, ApiKeys.PRODUCE, ApiKeys.FETCH)) {
                putFrame(stream, messages.request(api, api.latestVersion(false), 1));
            }
            seeds.add(RequestTarget.bytes(stream.flip()));
            ByteBuffer login = ByteBuffer.allocate(16 * 1024).put((byte) 3).put((byte) piece);
            putFrame(login, messages.request(ApiKeys.API_VERSIONS, (short) 3, 1));
            putFrame(login, handshake("PLAIN", 1));
            putFrame(login, authenticate("\0alice\0guess"));
            seeds.add(RequestTarget.bytes(login.flip()));
            ByteBuffer raw = ByteBuffer.allocate(16 * 1024).put((byte) 3).put((byte) piece);
            putFrame(raw, handshake("SCRAM-SHA-256", 0));
            putFrame(raw, ByteBuffer.wrap("n,,n=alice,r=abcdef".getBytes(UTF_8)));
            putFrame(raw, ByteBuffer.wrap("c=biws,r=abcdefnonce,p=AAAA".getBytes(UTF_8)));
            seeds.add(RequestTarget.bytes(raw.flip()));
        }
        return seeds;
    }

    private static ByteBuffer handshake(String mechanism, int version) {
        ByteBuffer request = ByteBuffer.allocate(64).putShort(ApiKeys.SASL_HANDSHAKE.id).putShort((short) version);
        request.putInt(1).putShort((short) -1).putShort((short) mechanism.length());
        return request.put(mechanism.getBytes(UTF_8)).flip();
    }

    private static ByteBuffer authenticate(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        ByteBuffer request = ByteBuffer.allocate(64).putShort(ApiKeys.SASL_AUTHENTICATE.id).putShort((short) 1);
        return request.putInt(1).putShort((short) -1).putInt(bytes.length).put(bytes).flip();
    }

    private static void putFrame(ByteBuffer stream, ByteBuffer frame) {
        stream.putInt(frame.remaining()).put(frame);
    }

    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 8L * 1024 * 1024 + 4_000L * inputBytes;
    }
}
