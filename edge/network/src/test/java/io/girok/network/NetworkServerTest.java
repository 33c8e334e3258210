package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Invariant;
import io.girok.base.SystemClock;
import io.girok.network.TestServer.Aside;
import io.girok.network.TestServer.Call;
import io.girok.wire.SupportedApis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NetworkServerTest {
    private static final NetworkSettings DEFAULTS = NetworkSettings.DEFAULTS;

    @Test
    void answersLeaveInTheOrderOfTheirRequests() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1)).send(RawClient.ping(2)).send(RawClient.ping(3));
            Call first = handler.next();
            Call second = handler.next();
            Call third = handler.next();

            third.responder().respond(new MetadataResponseData());
            second.responder().respond(new MetadataResponseData());
            first.responder().respond(new MetadataResponseData());

            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            assertThat(client.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void pipelinedRequestsAreAllAnswered() throws Exception {
        int count = 2_000;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(i % 10 == 0 ? RawClient.produce(i, 30_000) : RawClient.ping(i));
        }
        try (TestServer server = TestServer.start(TestServer.AT_ONCE); RawClient client = server.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> sendQuietly(client, all.toByteArray()));

            for (int i = 0; i < count; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
            sender.join();
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
        }
    }

    @Test
    void framesMayArriveInPiecesOfAnySize() throws Exception {
        Random random = new Random(7);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            all.writeBytes(RawClient.produce(i, random.nextInt(40_000)));
        }
        byte[] bytes = all.toByteArray();
        try (TestServer server = TestServer.start(TestServer.AT_ONCE); RawClient client = server.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int from = 0; from < bytes.length;) {
                    int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 5 : 20_000));
                    sendQuietly(client, java.util.Arrays.copyOfRange(bytes, from, to));
                    from = to;
                }
            });

            for (int i = 0; i < 50; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
            sender.join();
        }
    }

    @Test
    void aLargeRequestArrivesWholeAndItsRecordsLieInOneDirectBuffer() throws Exception {
        Aside handler = new Aside();
        byte[] request = RawClient.produce(1, 5_000_000);
        new Random(3).nextBytes(request);
        byte[] clean = RawClient.produce(1, 5_000_000);
        int headBytes = clean.length - 5_000_000 - 3;
        System.arraycopy(clean, 0, request, 0, headBytes);
        System.arraycopy(clean, clean.length - 3, request, clean.length - 3, 3);
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(request);

            Call call = handler.next();

            var topic = ((ProduceRequestData) call.request().body()).topicData().iterator().next();
            var records = (org.apache.kafka.common.record.internal.MemoryRecords) topic.partitionData()
                    .getFirst()
                    .records();
            byte[] received = new byte[records.sizeInBytes()];
            records.buffer().duplicate().get(received);
            assertThat(records.buffer().isDirect()).isTrue();
            assertThat(received)
                    .isEqualTo(java.util.Arrays.copyOfRange(request, headBytes, headBytes + 5_000_000));
            call.responder().respondNothing();
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
        }
    }

    @Test
    void anEndedRequestNeedsNoAnswer() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1)).send(RawClient.ping(2));

            handler.next().responder().respondNothing();
            handler.next().responder().respond(new MetadataResponseData());

            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void aHandlerMayEndTheConnection() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1));

            handler.next().responder().closeConnection("scripted");

            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answersBeforeTheEndOfAConnectionAreSent() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1)).send(RawClient.ping(2));
            Call first = handler.next();
            handler.next().responder().closeConnection("scripted");

            first.responder().respond(new MetadataResponseData());

            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aRequestIsAnsweredOnce() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1));
            Call call = handler.next();
            call.responder().respond(new MetadataResponseData());

            assertThatThrownBy(() -> call.responder().respondNothing()).isInstanceOf(Invariant.Violated.class);

            assertThat(client.receiveCorrelationId()).isEqualTo(1);
        }
    }

    @Test
    void aHandlerThatThrowsCostsItsConnectionOnly() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestServer server = TestServer.start((request, responder) -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("scripted");
            }
            responder.respond(new MetadataResponseData());
        }); RawClient unlucky = server.connect(); RawClient other = server.connect()) {
            unlucky.send(RawClient.ping(1));
            assertThat(unlucky.isClosedByServer()).isTrue();

            other.send(RawClient.ping(2));

            assertThat(other.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void anUnknownApiVersionsVersionIsAnsweredInVersionZero() throws Exception {
        try (TestServer server = TestServer.start(TestServer.AT_ONCE); RawClient client = server.connect()) {
            byte[] request = RawClient.frame(
                    ApiKeys.API_VERSIONS, 3, 42, ApiKeys.API_VERSIONS.messageType.newRequest());
            request[7] = 99;

            var answer = client.send(request).receive();

            assertThat(answer.getInt()).isEqualTo(42);
            var body = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(body.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(body.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
            assertThat(body.apiKeys().find(ApiKeys.METADATA.id).maxVersion()).isEqualTo((short) 13);
        }
    }

    @Test
    void whatCanBeNoRequestEndsTheConnectionAndNoOther() throws Exception {
        byte[] truncatedBody = RawClient.produce(1, 100);
        truncatedBody[3] -= 50;
        byte[] unknownApi = RawClient.ping(1);
        unknownApi[5] = 120;
        byte[] unknownVersion = RawClient.ping(1);
        unknownVersion[7] = 77;
        byte[] trailing = java.util.Arrays.copyOf(RawClient.ping(1), RawClient.ping(1).length + 3);
        trailing[3] += 3;
        List<byte[]> nonsense = List.of(
                RawClient.prefix(-1), RawClient.prefix(0), RawClient.prefix(Integer.MIN_VALUE),
                RawClient.prefix(DEFAULTS.requestMaxBytes() + 1), RawClient.prefix(Integer.MAX_VALUE),
                new byte[]{0, 0, 0, 1, 9}, "GET / HTTP/1.1\r\n\r\n".getBytes(), truncatedBody, unknownApi,
                unknownVersion, trailing);
        try (TestServer server = TestServer.start(TestServer.AT_ONCE); RawClient other = server.connect()) {
            for (byte[] bytes : nonsense) {
                try (RawClient client = server.connect()) {
                    assertThat(client.send(bytes).isClosedByServer()).isTrue();
                }
            }

            assertThat(other.send(RawClient.ping(5)).receiveCorrelationId()).isEqualTo(5);
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
        }
    }

    @Test
    void randomBytesHurtNobody() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomBytesHurtNobody -Dseed=" + seed);
        Random random = new Random(seed);
        try (TestServer server = TestServer.start(TestServer.AT_ONCE); RawClient other = server.connect()) {
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[4 + random.nextInt(300)];
                random.nextBytes(bytes);
                if (random.nextBoolean()) {
                    System.arraycopy(RawClient.prefix(bytes.length - 4), 0, bytes, 0, 4);
                }
                try (RawClient client = server.connect()) {
                    sendQuietly(client, bytes);
                }
            }

            assertThat(other.send(RawClient.ping(5)).receiveCorrelationId()).isEqualTo(5);
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
            TestServer.await("connections are gone", () -> server.network.connectionCount() == 1);
        }
    }

    @Test
    void readingStopsAtTheBoundOfRequestsInFlightAndNothingIsDropped() throws Exception {
        Aside handler = new Aside();
        NetworkSettings settings = DEFAULTS.withInFlight(3, 1_000_000);
        try (TestServer server = TestServer.start(handler, settings); RawClient client = server.connect()) {
            for (int i = 0; i < 10; i++) {
                client.send(RawClient.ping(i));
            }
            Call first = handler.next();
            Call second = handler.next();
            Call third = handler.next();
            assertThat(handler.calls.poll(100, TimeUnit.MILLISECONDS)).isNull();

            first.responder().respond(new MetadataResponseData());
            second.responder().respond(new MetadataResponseData());
            third.responder().respond(new MetadataResponseData());

            for (int i = 3; i < 10; i++) {
                handler.next().responder().respond(new MetadataResponseData());
            }
            for (int i = 0; i < 10; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @Test
    void readingStopsAtTheBoundOfBytesInFlight() throws Exception {
        Aside handler = new Aside();
        NetworkSettings settings = DEFAULTS.withInFlight(100, 100_000);
        try (TestServer server = TestServer.start(handler, settings); RawClient client = server.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 20; i++) {
                    sendQuietly(client, RawClient.produce(i, 60_000));
                }
            });
            Call first = handler.next();
            Call second = handler.next();
            assertThat(handler.calls.poll(100, TimeUnit.MILLISECONDS)).isNull();
            assertThat(server.network.requestMemory().usedBytes()).isLessThan(200_000);

            first.responder().respond(new ProduceResponseData());
            second.responder().respond(new ProduceResponseData());
            for (int i = 2; i < 20; i++) {
                handler.next().responder().respond(new ProduceResponseData());
            }

            for (int i = 0; i < 20; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
            sender.join();
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadEither() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        MetadataResponseData large = new MetadataResponseData();
        large.brokers()
                .add(new MetadataResponseData.MetadataResponseBroker().setNodeId(1).setHost("h".repeat(30_000)));
        try (TestServer server = TestServer.start((request, responder) -> {
            handled.incrementAndGet();
            responder.respond(large);
        }); RawClient client = RawClient.connectNarrow(server.port())) {
            int count = 1_000;
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < count; i++) {
                    sendQuietly(client, RawClient.ping(i));
                }
            });
            sender.join();
            int handledBefore = awaitStandstill(handled);

            for (int i = 0; i < count; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }

            assertThat(handledBefore).isLessThan(count / 2);
        }
    }

    @Test
    void aFrameThatStallsEndsItsConnection() throws Exception {
        try (TestServer server = TestServer.start(TestServer.AT_ONCE, DEFAULTS.withTimeouts(600_000, 50));
                RawClient client = server.connect()) {
            client.send(RawClient.produce(1, 1_000), 0, 500);

            assertThat(client.isClosedByServer()).isTrue();
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
        }
    }

    @Test
    void anIdleConnectionIsClosedAndOneWithAnOpenRequestIsNot() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler, DEFAULTS.withTimeouts(50, 30_000));
                RawClient idle = server.connect();
                RawClient waiting = server.connect()) {
            waiting.send(RawClient.ping(1));
            Call open = handler.next();

            assertThat(idle.isClosedByServer()).isTrue();

            open.responder().respond(new MetadataResponseData());
            assertThat(waiting.receiveCorrelationId()).isEqualTo(1);
        }
    }

    @Test
    void nothingIsReadFromAClientThatIsToWait() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
            client.send(RawClient.ping(1));
            Call first = handler.next();
            long beganNs = System.nanoTime();
            first.request().connection().pause(200);
            first.request().connection().pause(300);
            first.responder().respond(new MetadataResponseData());
            assertThat(client.receiveCorrelationId()).as("the answer does not wait").isEqualTo(1);

            client.send(RawClient.ping(2));
            Call second = handler.next();

            assertThat(System.nanoTime() - beganNs).isGreaterThanOrEqualTo(300_000_000);
            second.responder().respond(new MetadataResponseData());
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefused() throws Exception {
        try (TestServer server = TestServer.start(TestServer.AT_ONCE, DEFAULTS.withConnections(
                new ConnectionSettings(1, Integer.MAX_VALUE, Map.of(), Integer.MAX_VALUE)));
                RawClient first = server.connect()) {
            first.send(RawClient.ping(1)).receiveCorrelationId();

            try (RawClient second = server.connect()) {
                assertThat(second.isClosedByServer()).isTrue();
            }

            assertThat(first.send(RawClient.ping(2)).receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void drainingSendsTheAnswersThatAreDue() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler);
                RawClient busy = server.connect();
                RawClient idle = server.connect()) {
            busy.send(RawClient.ping(1));
            Call call = handler.next();
            server.network.stopAccepting();

            Thread drain = Thread.ofVirtual().start(() -> server.network.drain(Duration.ofSeconds(20)));
            assertThat(idle.isClosedByServer()).isTrue();
            call.responder().respond(new MetadataResponseData());

            assertThat(busy.receiveCorrelationId()).isEqualTo(1);
            assertThat(busy.isClosedByServer()).isTrue();
            drain.join();
            assertThat(server.network.connectionCount()).isZero();
            assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
        }
    }

    @Test
    void drainingGivesUpAfterItsTime() throws Exception {
        Aside handler = new Aside();
        try (TestServer server = TestServer.start(handler); RawClient busy = server.connect()) {
            busy.send(RawClient.ping(1));
            Call call = handler.next();

            assertThat(server.network.drain(Duration.ofMillis(20))).isFalse();

            call.responder().respondNothing();
        }
    }

    @Test
    void theHandlerLearnsWhoAsksAndWhenTheyLeave() throws Exception {
        Aside handler = new Aside();
        CountDownLatch left = new CountDownLatch(1);
        try (TestServer server = TestServer.start(handler)) {
            Call call;
            try (RawClient client = server.connect()) {
                client.send(RawClient.ping(1));
                call = handler.next();
                assertThat(call.request().connection().remoteAddress().getPort())
                        .isEqualTo(client.socket.getLocalPort());
                assertThat(call.request().connection().localAddress().getPort()).isEqualTo(server.port());
                assertThat(call.request().connection().listenerName()).isEqualTo("PLAINTEXT");
                assertThat(call.request().clientId()).isEqualTo("test");
                call.request().connection().onClose(left::countDown);
            }

            assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.network.requestMemory().usedBytes()).isPositive();
            call.responder().respond(new MetadataResponseData());
            TestServer.await("memory is free", () -> server.network.requestMemory().usedBytes() == 0);
        }
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        try (TestServer server = TestServer.start(TestServer.AT_ONCE)) {
            SupportedApis apis = SupportedApis.of(EnumSet.of(ApiKeys.METADATA));

            assertThatThrownBy(() -> NetworkServer.start(
                    List.of(new Listener("PLAINTEXT", "localhost", server.port())), server.shards, apis,
                    TestServer.AT_ONCE, DEFAULTS, server.quotas, new SystemClock()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PLAINTEXT://localhost:" + server.port());
        }
    }

    @Test
    void nioServesWhereThereIsNoNativeTransport() throws Exception {
        try (TestServer server = new TestServer(NettyShards.startNio(1), TestServer.AT_ONCE, DEFAULTS);
                RawClient client = server.connect()) {
            assertThat(client.send(RawClient.produce(1, 3_000_000)).receiveCorrelationId()).isEqualTo(1);
        }
    }

    /// Until nothing more is handled for a while.
    private static int awaitStandstill(AtomicInteger handled) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        int before = -1;
        while (before != handled.get()) {
            before = handled.get();
            assertThat(never.await(200, TimeUnit.MILLISECONDS)).isFalse();
        }
        return before;
    }

    private static void sendQuietly(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException closedByServer) {
            // what the test expects of bad input
        }
    }
}
