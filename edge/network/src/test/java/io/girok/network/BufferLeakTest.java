package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.Random;
import org.apache.kafka.common.message.MetadataResponseData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every buffer goes back, however a connection ends.
@Timeout(60)
class BufferLeakTest {
    @Test
    void noBufferIsLostHoweverAConnectionEnds() throws Exception {
        BufferLeaks.watch();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        Random random = new Random(5);
        TestServer.Aside handler = new TestServer.Aside();
        try (TestServer server = TestServer.start(handler)) {
            for (int round = 0; round < 200; round++) {
                endSomehow(server, handler, random);
            }
            TestServer.await("memory is free", () -> {
                answerAll(handler);
                return server.network.requestMemory().usedBytes() == 0 && server.network.connectionCount() == 0;
            });
        }

        for (int i = 0; i < 5; i++) {
            System.gc();
            UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        }
        assertThat(BufferLeaks.FOUND).isEmpty();
    }

    /// Connections that were opened and closed may still wait to be accepted, so requests come after their clients
    /// left.
    private static void answerAll(TestServer.Aside handler) {
        for (var call = handler.calls.poll(); call != null; call = handler.calls.poll()) {
            call.responder().respond(new MetadataResponseData());
        }
    }

    private static void endSomehow(TestServer server, TestServer.Aside handler, Random random)
            throws IOException, InterruptedException {
        try (RawClient client = RawClient.connectNarrow(server.port())) {
            switch (random.nextInt(6)) {
                case 0 -> client.send(RawClient.prefix(-5));
                case 1 -> client.send(RawClient.produce(1, 100_000), 0, 1 + random.nextInt(100_000));
                case 2 -> client.send(RawClient.produce(1, 3_000_000));
                case 3 -> client.send(RawClient.ping(1)).send(RawClient.ping(2)).send(RawClient.prefix(7));
                case 4 -> {
                    client.send(RawClient.ping(1));
                    MetadataResponseData large = new MetadataResponseData();
                    large.setClusterId("c".repeat(30_000));
                    handler.next().responder().respond(large);
                }
                default -> {
                    byte[] broken = RawClient.produce(1, 10_000);
                    broken[30] = 99;
                    client.send(broken);
                }
            }
        }
    }
}
