package io.girok.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FileDisk;
import io.girok.base.FileSlice;
import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.network.TestServer.Aside;
import io.girok.security.TlsSettings;
import io.girok.security.TlsSettings.ClientAuth;
import io.girok.wire.SlicedRecords;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsListenerTest {
    private static final short FETCH_VERSION = 12;

    @TempDir
    private Path directory;

    private final ExecutorService handshakes = Executors.newFixedThreadPool(2);
    private final Aside aside = new Aside();
    private Certificates certificates;
    private Path ownFile;
    private TlsContext tls;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        certificates = new Certificates();
        ownFile = Certificates.writePem(certificates.issue("CN=broker"), directory.resolve("own.pem"));
        start(ClientAuth.REQUESTED, aside);
    }

    private void start(ClientAuth clientAuth, io.girok.wire.RequestHandler handler) throws IOException {
        start(certificates.settings(Certificates.pem(ownFile), clientAuth, "RULE:^CN=(.*?),O=x$/$1/L,DEFAULT"),
                handler);
    }

    private void start(TlsSettings settings, io.girok.wire.RequestHandler handler) throws IOException {
        tls = TlsContext.load("listener 'SSL'", settings, handshakes);
        server = new TestServer(NettyShards.start(2), handler, NetworkSettings.DEFAULTS,
                new Guard(Optional.of(tls), Optional.empty()));
    }

    @AfterEach
    void stop() {
        server.close();
        handshakes.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requestsAreAnsweredUnderTls(String protocol) throws Exception {
        try (SSLSocket socket = certificates.connect(server.port(), null, protocol);
                RawClient client = new RawClient(socket)) {
            client.send(RawClient.ping(7)).send(RawClient.ping(8));
            for (int i = 0; i < 2; i++) {
                TestServer.Call call = aside.next();
                assertThat(call.request().connection().principal()).isEqualTo(Principal.ANONYMOUS);
                TestServer.AT_ONCE.handle(call.request(), call.responder());
            }

            assertThat(client.receiveCorrelationId()).isEqualTo(7);
            assertThat(client.receiveCorrelationId()).isEqualTo(8);
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
        }
    }

    @Test
    void aLargeRequestAndManySmallOnesArriveWhole() throws Exception {
        try (SSLSocket socket = certificates.connect(server.port(), null); RawClient client = new RawClient(socket)) {
            client.send(RawClient.produce(1, 3_000_000));
            TestServer.Call call = aside.next();
            assertThat(call.request().api()).isEqualTo(ApiKeys.PRODUCE);
            TestServer.AT_ONCE.handle(call.request(), call.responder());
            assertThat(client.receiveCorrelationId()).isEqualTo(1);

            for (int i = 0; i < 300; i++) {
                client.send(RawClient.ping(i));
            }
            for (int i = 0; i < 300; i++) {
                TestServer.Call each = aside.next();
                TestServer.AT_ONCE.handle(each.request(), each.responder());
            }
            for (int i = 0; i < 300; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @Test
    void aCertificateSaysWhoTheClientIs() throws Exception {
        try (SSLSocket socket = certificates.connect(server.port(), certificates.issue("CN=Alice,O=x"));
                RawClient client = new RawClient(socket)) {
            client.send(RawClient.ping(1));

            assertThat(aside.next().request().connection().principal()).isEqualTo(Principal.user("alice"));
        }
    }

    @Test
    void aClientWhomNoRuleKnowsIsRefused() throws Exception {
        server.close();
        start(certificates.settings(Certificates.pem(ownFile), ClientAuth.REQUESTED, "RULE:^CN=(.*?),O=x$/$1/"),
                aside);
        try (SSLSocket socket = certificates.connect(server.port(), certificates.issue("OU=nobody"));
                RawClient client = new RawClient(socket)) {
            client.send(RawClient.ping(1));

            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(aside.calls).isEmpty();
    }

    @Test
    void aClientWithoutACertificateIsRefusedWhereOneIsRequired() throws Exception {
        server.close();
        start(ClientAuth.REQUIRED, TestServer.AT_ONCE);

        try (SSLSocket socket = certificates.connect(server.port(), null); RawClient client = new RawClient(socket)) {
            assertThatThrownBy(() -> client.send(RawClient.ping(1)).receive()).isInstanceOf(IOException.class);
        }
        try (SSLSocket socket = certificates.connect(server.port(), new Certificates().issue("CN=stranger"));
                RawClient client = new RawClient(socket)) {
            assertThatThrownBy(() -> client.send(RawClient.ping(1)).receive()).isInstanceOf(IOException.class);
        }
        TestServer.await("the connections are gone", () -> server.network.connectionCount() == 0);
    }

    @Test
    void plaintextAtATlsListenerEndsTheConnection() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(RawClient.ping(1));

            TestServer.await("the connection is gone", () -> server.network.connectionCount() == 0);
        }
        try (RawClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\n\r\n");

            TestServer.await("the connection is gone", () -> server.network.connectionCount() == 0);
        }
        assertThat(aside.calls).isEmpty();
    }

    @Test
    void newConnectionsGetTheNewCertificateAndOldOnesGoOn() throws Exception {
        try (SSLSocket old = certificates.connect(server.port(), null); RawClient client = new RawClient(old)) {
            client.send(RawClient.ping(1));
            aside.next();
            assertThat(shownBy(old)).isEqualTo("CN=broker");

            Certificates.writePem(certificates.issue("CN=renewed"), ownFile);
            tls.reloadIfChanged();

            assertThat(shownToANewClient()).isEqualTo("CN=renewed");
            client.send(RawClient.ping(2));
            assertThat(aside.next().request().correlationId()).isEqualTo(2);
        }
    }

    @Test
    void aBrokenNewFileLeavesTheOldCertificateInForce() throws Exception {
        Files.writeString(ownFile, "not a certificate");
        tls.reloadIfChanged();
        assertThat(shownToANewClient()).isEqualTo("CN=broker");

        Files.delete(ownFile);
        tls.reloadIfChanged();
        assertThat(shownToANewClient()).isEqualTo("CN=broker");

        Certificates.writePem(certificates.issue("CN=mended"), ownFile);
        Files.setLastModifiedTime(ownFile, FileTime.fromMillis(1_000));
        tls.reloadIfChanged();
        assertThat(shownToANewClient()).isEqualTo("CN=mended");
    }

    /// What is wrong may not be in the file, and the file then does not change any more.
    @Test
    void whatCouldNotBeReadIsTriedAgain() throws Exception {
        Certificates.writePem(certificates.issue("CN=renewed"), ownFile);
        byte[] good = Files.readAllBytes(ownFile);
        FileTime time = FileTime.fromMillis(1_000);
        Files.write(ownFile, new byte[good.length]);
        Files.setLastModifiedTime(ownFile, time);
        tls.reloadIfChanged();
        assertThat(shownToANewClient()).isEqualTo("CN=broker");

        Files.write(ownFile, good);
        Files.setLastModifiedTime(ownFile, time);
        tls.reloadIfChanged();

        assertThat(shownToANewClient()).isEqualTo("CN=renewed");
    }

    @Test
    void aStoreServesAsWell() throws Exception {
        Path file = Certificates.writeStore(certificates.issue("CN=stored"), directory.resolve("own.p12"));
        server.close();
        start(certificates.settings(new TlsSettings.OwnKey.Store(file.toString(), "JKS",
                Optional.of(new Secret(Certificates.PASSWORD)), Optional.empty(), "PKIX"), ClientAuth.NONE, ""),
                TestServer.AT_ONCE);

        assertThat(shownToANewClient()).isEqualTo("CN=stored");
    }

    @ParameterizedTest
    @EnumSource
    void anEncryptedKeyServesWithItsPassword(TlsSettings.Engine engine) throws Exception {
        Path file = Certificates.writeEncryptedPem(certificates.issue("CN=locked"), directory.resolve("locked.pem"));
        server.close();
        start(certificates.settings(new TlsSettings.OwnKey.PemFile(file.toString(),
                Optional.of(new Secret(Certificates.PASSWORD))), ClientAuth.NONE, "", engine), TestServer.AT_ONCE);

        assertThat(shownToANewClient()).isEqualTo("CN=locked");

        assertThatThrownBy(() -> load(new TlsSettings.OwnKey.PemFile(file.toString(),
                Optional.of(new Secret("guessed")))))
                .hasMessageContaining("private key can't be read")
                .hasMessageNotContaining("guessed");
    }

    @ParameterizedTest
    @EnumSource
    void whoseTlsIsSpokenIsChosen(TlsSettings.Engine engine) throws Exception {
        tls = TlsContext.load("x", certificates.settings(Certificates.pem(ownFile), ClientAuth.NONE, "", engine),
                handshakes);

        SslHandler handler = tls.serverHandler(ByteBufAllocator.DEFAULT);
        try {
            assertThat(handler.engine() instanceof ReferenceCountedOpenSslEngine)
                    .isEqualTo(engine != TlsSettings.Engine.JDK);
        } finally {
            ReferenceCountUtil.release(handler.engine());
        }
    }

    @Test
    void whatCanNotBeReadIsNamed() throws Exception {
        assertThatThrownBy(() -> load(new TlsSettings.OwnKey.PemFile("/nowhere", Optional.empty())))
                .hasMessage("listener 'SSL': there is no file '/nowhere'");
        assertThatThrownBy(() -> load(new TlsSettings.OwnKey.Store(
                Certificates.writeStore(certificates.issue("CN=x"), directory.resolve("x.p12")).toString(), "PKCS12",
                Optional.of(new Secret("wrong")), Optional.empty(), "SunX509")))
                .hasMessageContaining("x.p12")
                .hasMessageContaining("password")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> load(Certificates.pem(Files.writeString(directory.resolve("y.pem"), "nothing"))))
                .hasMessageContaining("has no certificate in PEM");
        X509Bundle keyless = certificates.issue("CN=z");
        assertThatThrownBy(() -> load(Certificates
                .pem(Files.writeString(directory.resolve("z.pem"), keyless.getCertificatePathPEM()))))
                .hasMessageContaining("private key can't be read");
    }

    private void load(TlsSettings.OwnKey own) throws IOException {
        TlsContext.load("listener 'SSL'", certificates.settings(own, ClientAuth.NONE, ""), handshakes);
    }

    @Test
    void whatLiesInFilesArrivesWhole() throws Exception {
        byte[] content = new byte[5_000_000];
        new Random(1).nextBytes(content);
        AtomicInteger handles = new AtomicInteger();
        try (DiskFile file = new FileDisk().open(directory.resolve("f"), Disk.Access.CREATE);
                SSLSocket socket = certificates.connect(server.port(), null);
                RawClient client = new RawClient(socket)) {
            file.write(ByteBuffer.wrap(content), 0);
            sendFetches(client, 3);
            for (TestServer.Call call : List.of(aside.next(), aside.next(), aside.next())) {
                call.responder()
                        .respond(fetched(slice(file, 0, 5_000_000, handles),
                                slice(file, 17, 0, handles), slice(file, 17, 70_000, handles)));
            }

            byte[] expected = Arrays.copyOf(content, 5_070_000);
            System.arraycopy(content, 17, expected, 5_000_000, 70_000);
            for (int i = 1; i <= 3; i++) {
                assertThat(records(client)).isEqualTo(expected);
            }
            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    @Test
    void handlesAreGivenBackWhenTheClientLeavesInTheMiddle() throws Exception {
        AtomicInteger handles = new AtomicInteger();
        try (DiskFile file = new FileDisk().open(directory.resolve("f"), Disk.Access.CREATE)) {
            file.write(ByteBuffer.allocate(20_000_000), 0);
            try (SSLSocket socket = certificates.connect(server.port(), null);
                    RawClient client = new RawClient(socket)) {
                sendFetches(client, 2);
                TestServer.Call first = aside.next();
                aside.next().responder().respond(fetched(slice(file, 0, 20_000_000, handles)));
                first.responder().respond(fetched(slice(file, 0, 20_000_000, handles)));
                client.in().readNBytes(100_000);
                assertThat(handles.get()).isEqualTo(2);
            }

            TestServer.await("handles are back", () -> handles.get() == 0);
        }
    }

    private static void sendFetches(RawClient client, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            client.send(RawClient.frame(ApiKeys.FETCH, FETCH_VERSION, i, new FetchRequestData()));
        }
    }

    private static SlicedRecords.Part slice(DiskFile file, long position, int size, AtomicInteger handles) {
        handles.incrementAndGet();
        return new SlicedRecords.Part.InFile(new FileSlice(file, position, size, handles::decrementAndGet));
    }

    private static FetchResponseData fetched(SlicedRecords.Part... parts) {
        var partition = new FetchResponseData.PartitionData().setPartitionIndex(0)
                .setRecords(new SlicedRecords(List.of(parts)));
        var topic = new FetchResponseData.FetchableTopicResponse().setTopic("t")
                .setPartitions(new ArrayList<>(List.of(partition)));
        return new FetchResponseData().setResponses(new ArrayList<>(List.of(topic)));
    }

    private static byte[] records(RawClient client) throws IOException {
        ByteBuffer answer = client.receive();
        answer.position(5);
        var body = new FetchResponseData(new ByteBufferAccessor(answer), FETCH_VERSION);
        var records = (MemoryRecords) body.responses().getFirst().partitions().getFirst().records();
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().duplicate().get(bytes);
        return bytes;
    }

    private String shownToANewClient() throws Exception {
        try (SSLSocket socket = certificates.connect(server.port(), null)) {
            return shownBy(socket);
        }
    }

    private static String shownBy(SSLSocket socket) throws IOException {
        socket.startHandshake();
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
    }
}
