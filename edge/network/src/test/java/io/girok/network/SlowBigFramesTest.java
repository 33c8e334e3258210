package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// 150 clients announce 99 MiB each and dribble: what others notice of it.
@Timeout(120)
class SlowBigFramesTest {
    private static final int MIB = 1024 * 1024;
    private static final int SLOW_CLIENTS = 150;
    private static final int ANNOUNCED_BYTES = 99 * MIB;
    private static final NetworkSettings SETTINGS = NetworkSettings.DEFAULTS.withRequestBytes(100 * MIB, 200L * MIB);

    @Test
    void theyLeaveAWorkingClientWorkingAndKeepToTheBound() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (TestServer server = TestServer.start(TestServer.AT_ONCE, SETTINGS)) {
            List<SocketChannel> slow = connectSlow(server.port());
            Thread dribble = Thread.ofPlatform().start(() -> dribble(slow, isOver));
            RequestMemory memory = server.network.requestMemory();
            TestServer.await("slow frames wait for memory", () -> 0 < memory.waitingCount());

            try (RawClient client = server.connect(); RawClient bigClient = server.connect()) {
                for (int i = 0; i < 100; i++) {
                    client.send(RawClient.ping(2 * i)).send(RawClient.produce(2 * i + 1, 900_000));
                    assertThat(client.receiveCorrelationId()).isEqualTo(2 * i);
                    assertThat(client.receiveCorrelationId()).isEqualTo(2 * i + 1);
                }
                assertThat(bigClient.send(RawClient.produce(7, 20 * MIB)).receiveCorrelationId()).isEqualTo(7);
            }

            assertThat(memory.peakBytes()).isLessThanOrEqualTo(memory.limitBytes()).isGreaterThan(100 * MIB);
            isOver.set(true);
            dribble.join();
            for (SocketChannel channel : slow) {
                channel.close();
            }
            TestServer.await("memory is free", () -> memory.usedBytes() == 0);
        }
    }

    @Test
    void announcingAloneTakesNoMemory() throws Exception {
        try (TestServer server = TestServer.start(TestServer.AT_ONCE, SETTINGS)) {
            List<SocketChannel> slow = connectSlow(server.port());

            try (RawClient client = server.connect()) {
                client.send(RawClient.ping(1)).receiveCorrelationId();
            }

            assertThat(server.network.requestMemory().peakBytes()).isLessThan(100);
            for (SocketChannel channel : slow) {
                channel.close();
            }
        }
    }

    private static List<SocketChannel> connectSlow(int port) throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < SLOW_CLIENTS; i++) {
            SocketChannel channel = SocketChannel
                    .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ByteBuffer.wrap(RawClient.prefix(ANNOUNCED_BYTES)));
            channel.configureBlocking(false);
            channels.add(channel);
        }
        return channels;
    }

    /// A megabyte and a half from each, quickly, and from then on a little at a time.
    private static void dribble(List<SocketChannel> channels, AtomicBoolean isOver) {
        ByteBuffer burst = ByteBuffer.allocate(3 * MIB / 2);
        ByteBuffer little = ByteBuffer.allocate(100);
        channels.forEach(channel -> write(channel, burst));
        while (!isOver.get()) {
            channels.forEach(channel -> write(channel, little));
            Thread.yield();
        }
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) {
        try {
            channel.write(bytes.duplicate());
        } catch (IOException evicted) {
            // expected of a slow client
        }
    }
}
