package io.girok.network;

import io.girok.base.SystemClock;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import io.girok.wire.SupportedApis;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// A real server on a free port of the loopback, with a handler from the test.
final class TestServer implements AutoCloseable {
    static {
        BufferLeaks.watch();
    }

    /// A request that waits for the test to answer it.
    record Call(Request request, Responder responder) {}

    /// Puts requests aside for the test.
    static final class Aside implements RequestHandler {
        final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

        @Override
        public void handle(Request request, Responder responder) {
            calls.add(new Call(request, responder));
        }

        Call next() throws InterruptedException {
            Call call = calls.poll(20, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("no request arrived");
            }
            return call;
        }
    }

    /// Answers everything at once with nothing in it.
    static final RequestHandler AT_ONCE = (request, responder) -> responder
            .respond(request.api() == ApiKeys.PRODUCE ? new ProduceResponseData() : new MetadataResponseData());

    /// Without limits, until a test gives it an image.
    final ClientQuotas quotas = new ClientQuotas(new SystemClock(), 0, 0);
    final NettyShards shards;
    final NetworkServer network;

    TestServer(NettyShards shards, RequestHandler handler, NetworkSettings settings) throws IOException {
        this(shards, handler, settings, Guard.NONE);
    }

    TestServer(NettyShards shards, RequestHandler handler, NetworkSettings settings, Guard guard) throws IOException {
        this.shards = shards;
        SupportedApis supported = SupportedApis
                .of(EnumSet.of(ApiKeys.METADATA, ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.API_VERSIONS,
                        ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE));
        this.network = NetworkServer.start(
                List.of(new Listener("PLAINTEXT", "localhost", 0, guard, ListenerLimits.NONE)), shards, supported,
                handler, settings,
                quotas, new SystemClock());
    }

    static TestServer start(RequestHandler handler) throws IOException {
        return start(handler, NetworkSettings.DEFAULTS);
    }

    static TestServer start(RequestHandler handler, NetworkSettings settings) throws IOException {
        return new TestServer(NettyShards.start(2), handler, settings);
    }

    int port() {
        return network.listeners().getFirst().address().getPort();
    }

    RawClient connect() throws IOException {
        return RawClient.connect(port());
    }

    /// Waits for something that other threads bring about.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (deadline < System.nanoTime()) {
                throw new AssertionError("never came true: " + what);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        network.close();
        shards.close();
    }
}
