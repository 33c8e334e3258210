package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Shard;
import io.girok.base.SystemClock;
import io.girok.wire.ConnectionRefused;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerNetworkTest {
    private static final short VERSION = 12;
    private static final long LONG_MS = 60_000;

    private final TestServer.Aside aside = new TestServer.Aside();
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private TestServer server;
    private Shard shard;
    private PeerNetwork peers;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(aside);
        shard = server.shards.all().getFirst();
        peers = new PeerNetwork(server.shards, 1 << 20, PeerSecurity.NONE, new SystemClock());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersComeInTheOrderOfTheirRequestsHoweverManyAreUnderWay() throws Exception {
        PeerConnection connection = open(server.port());
        send(connection, LONG_MS);
        send(connection, LONG_MS);

        TestServer.Call first = aside.next();
        aside.next().responder().respond(new MetadataResponseData().setClusterId("second"));
        first.responder().respond(new MetadataResponseData().setClusterId("first"));

        assertThat(List.of(clusterId(), clusterId())).containsExactly("first", "second");
    }

    @Test
    void aRequestThatIsNotAnsweredInTimeEndsTheConnection() throws Exception {
        PeerConnection connection = open(server.port());
        send(connection, LONG_MS);
        send(connection, 1);

        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(on(connection::isClosed)).isTrue();
        send(connection, LONG_MS);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void whereNobodyListensTheConnectionIsRefused() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        PeerConnection connection = open(free);
        send(connection, LONG_MS);

        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(ConnectionRefused.class);
        shard.execute(() -> connection.onClose(told::add));
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(ConnectionRefused.class);
    }

    @Test
    void aPeerThatGoesIsNoticedAtOnce() throws Exception {
        PeerConnection connection = open(server.port());
        shard.execute(() -> connection.onClose(told::add));
        send(connection, LONG_MS);
        aside.next();

        server.network.close();

        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    private PeerConnection open(int port) throws Exception {
        return on(() -> peers.open(new NodeAddress("localhost", port), shard));
    }

    private <T> T on(java.util.function.Supplier<T> work) throws Exception {
        return CompletableFuture.supplyAsync(work, shard).get(20, TimeUnit.SECONDS);
    }

    private void send(PeerConnection connection, long limitMs) {
        shard.execute(() -> connection.send(ApiKeys.METADATA, VERSION, new MetadataRequestData().setTopics(List.of()),
                limitMs, new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        told.add(body);
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        told.add(cause);
                    }
                }));
    }

    private String clusterId() throws InterruptedException {
        return ((MetadataResponseData) told.poll(20, TimeUnit.SECONDS)).clusterId();
    }
}
