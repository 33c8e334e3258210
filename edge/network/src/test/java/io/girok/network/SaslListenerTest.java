package io.girok.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.Shard;
import io.girok.base.SystemClock;
import io.girok.metadata.MetadataImage;
import io.girok.network.TestServer.Aside;
import io.girok.security.SaslSettings;
import io.girok.security.TlsSettings;
import io.girok.security.sasl.DelegationTokens;
import io.girok.security.sasl.ImageScramUsers;
import io.girok.security.sasl.SaslClients;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.ScramUsers;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SaslListenerTest {
    private static final int DELAY_MS = 50;

    private final Aside aside = new Aside();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        start(0, Optional.empty());
    }

    private void start(long maxReauthMs, Optional<TlsContext> tls) throws IOException {
        SaslSettings settings = new SaslSettings(List.of("PLAIN", "SCRAM-SHA-256"),
                Map.of("alice", new Secret("secret")), Optional.empty(), Optional.empty(), 2_000,
                Map.of("PLAIN", maxReauthMs, "SCRAM-SHA-256", maxReauthMs));
        ScramUsers users = new ScramUsers(new ImageScramUsers(() -> MetadataImage.EMPTY, DelegationTokens.NONE),
                Optional.of(new SaslSettings.Login("SCRAM-SHA-256", "node", new Secret("pencil"))), new byte[8]);
        server = new TestServer(NettyShards.start(1), (request, responder) -> {
            if (request.api() == ApiKeys.API_VERSIONS) {
                responder.respond(new ApiVersionsResponseData());
            } else {
                aside.handle(request, responder);
            }
        }, NetworkSettings.DEFAULTS.withFailedAuthenticationDelay(DELAY_MS),
                new Guard(tls, Optional.of(new SaslMechanisms(settings, users, Optional.empty(), () -> "nonce"))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whoShowsWhoItIsIsLetIn() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(RawClient.frame(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData()));
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(handshake(client, "PLAIN", 1).errorCode()).isZero();
            assertThat(authenticate(client, "\0alice\0secret").errorCode()).isZero();

            client.send(RawClient.ping(9));

            TestServer.Call call = aside.next();
            assertThat(call.request().connection().principal()).isEqualTo(Principal.user("alice"));
            TestServer.AT_ONCE.handle(call.request(), call.responder());
            assertThat(client.receiveCorrelationId()).isEqualTo(9);
        }
    }

    @Test
    void largeRequestsAreTakenOnlyFromThoseWhoAreLetIn() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(RawClient.prefix(2_001));

            assertThat(client.isClosedByServer()).isTrue();
        }
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            authenticate(client, "\0alice\0secret");

            client.send(RawClient.produce(3, 100_000));

            assertThat(aside.next().request().correlationId()).isEqualTo(3);
        }
    }

    @Test
    void aRequestBeforeThatEndsTheConnection() throws Exception {
        for (boolean afterHandshake : new boolean[]{false, true}) {
            try (RawClient client = server.connect()) {
                if (afterHandshake) {
                    handshake(client, "PLAIN", 1);
                }
                client.send(RawClient.ping(1));

                assertThat(client.isClosedByServer()).isTrue();
            }
        }
        assertThat(aside.calls).isEmpty();
    }

    @Test
    void aRequestRightBehindAWrongPasswordIsNotTaken() throws Exception {
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            client.send(RawClient.frame(ApiKeys.SASL_AUTHENTICATE, 1, 5,
                    new SaslAuthenticateRequestData().setAuthBytes("\0alice\0wrong".getBytes(UTF_8))))
                    .send(RawClient.ping(6));

            assertThat(client.receiveCorrelationId()).isEqualTo(5);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(aside.calls).isEmpty();
    }

    @Test
    void aWrongPasswordIsAnsweredLateAndEndsTheConnection() throws Exception {
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            long startedNs = System.nanoTime();

            SaslAuthenticateResponseData answer = authenticate(client, "\0alice\0wrong");

            assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
            assertThat(answer.errorMessage()).doesNotContain("alice").doesNotContain("password");
            assertThat(System.nanoTime() - startedNs).isGreaterThanOrEqualTo(DELAY_MS * 1_000_000L);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aMechanismThatIsNotOfferedIsAnsweredWithThoseThatAre() throws Exception {
        try (RawClient client = server.connect()) {
            SaslHandshakeResponseData answer = handshake(client, "GSSAPI", 1);

            assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            assertThat(answer.mechanisms()).containsExactly("PLAIN", "SCRAM-SHA-256");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void messagesBeforeTheHandshakeOrAfterwardsAreIllegal() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(authenticate(client, "\0alice\0secret").errorCode())
                    .isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            assertThat(handshake(client, "PLAIN", 1).errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            authenticate(client, "\0alice\0secret");
            assertThat(handshake(client, "PLAIN", 1).errorCode()).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
            client.send(RawClient.ping(2));
            assertThat(aside.next().request().correlationId()).isEqualTo(2);
        }
    }

    /// As clients did before KIP-152, and some do still.
    @Test
    void afterAHandshakeOfVersion0MessagesComeWithoutRequests() throws Exception {
        try (RawClient client = server.connect()) {
            assertThat(handshake(client, "PLAIN", 0).errorCode()).isZero();
            client.send(raw("\0alice\0secret"));
            assertThat(client.receive().remaining()).isZero();

            client.send(RawClient.ping(4));

            assertThat(aside.next().request().connection().principal()).isEqualTo(Principal.user("alice"));
        }
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 0);
            client.send(raw("\0alice\0wrong"));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    /// Users are not known yet: what waits must not pile up.
    @Test
    void whoDoesNotWaitForTheAnswerToAMessageIsCutOff() throws Exception {
        try (RawClient client = server.connect()) {
            handshake(client, "SCRAM-SHA-256", 0);
            client.send(raw("n,,n=alice,r=abc")).send(raw("n,,n=alice,r=abc"));
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (RawClient client = server.connect()) {
            handshake(client, "SCRAM-SHA-256", 1);
            byte[] message = RawClient.frame(ApiKeys.SASL_AUTHENTICATE, 1, 5,
                    new SaslAuthenticateRequestData().setAuthBytes("n,,n=alice,r=abc".getBytes(UTF_8)));
            client.send(message).send(message);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aSessionIsLengthenedOnItsConnectionOrEnds() throws Exception {
        server.close();
        start(200, Optional.empty());
        try (RawClient client = server.connect()) {
            handshake(client, "PLAIN", 1);
            assertThat(authenticate(client, "\0alice\0secret").sessionLifetimeMs()).isEqualTo(200);
            assertThat(handshake(client, "PLAIN", 1).errorCode()).isZero();
            assertThat(authenticate(client, "\0alice\0secret").errorCode()).isZero();
            client.send(RawClient.ping(1));
            aside.next();

            Thread.sleep(250);
            client.send(RawClient.ping(2));

            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void nodesShowEachOtherWhoTheyAreUnderTls(@TempDir Path directory) throws Exception {
        server.close();
        Certificates certificates = new Certificates();
        ExecutorService handshakes = Executors.newFixedThreadPool(1);
        TlsContext tls = TlsContext.load("x", certificates.settings(
                Certificates.pem(Certificates.writePem(certificates.issue("CN=node"), directory.resolve("n.pem"))),
                TlsSettings.ClientAuth.REQUIRED, ""), handshakes);
        start(400, Optional.of(tls));
        Shard shard = server.shards.all().getFirst();

        PeerConnection connection = peer(tls, "node", "pencil", shard);
        for (int i = 0; i < 3; i++) {
            CompletableFuture<ApiMessage> answer = ask(connection, shard);
            TestServer.Call call = aside.next();
            assertThat(call.request().connection().principal()).isEqualTo(Principal.user("node"));
            call.responder().respond(new MetadataResponseData());
            assertThat(answer.get(20, TimeUnit.SECONDS)).isInstanceOf(MetadataResponseData.class);
            // Longer than a session, so that the next request goes out in another one.
            Thread.sleep(500);
        }
        assertThat(ask(peer(tls, "node", "wrong", shard), shard)).failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(Exception.class)
                .withMessageContaining("SASL_AUTHENTICATION_FAILED");
        assertThat(ask(peer(TlsContext.load("x", new Certificates().settings(
                Certificates.pem(directory.resolve("n.pem")), TlsSettings.ClientAuth.NONE, ""), handshakes), "node",
                "pencil", shard), shard)).failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(Exception.class)
                .withMessageContaining("TLS handshake has failed");
        handshakes.shutdown();
    }

    private PeerConnection peer(TlsContext tls, String user, String password, Shard shard) throws Exception {
        PeerNetwork peers = new PeerNetwork(server.shards, 1 << 20, new PeerSecurity(Optional.of(tls),
                Optional.of(() -> SaslClients.of(new SaslSettings.Login("SCRAM-SHA-256", user, new Secret(password)),
                        () -> "client-nonce"))),
                new SystemClock());
        return CompletableFuture.supplyAsync(() -> peers.open(new NodeAddress("localhost", server.port()), shard),
                shard).get(20, TimeUnit.SECONDS);
    }

    private static CompletableFuture<ApiMessage> ask(PeerConnection connection, Shard shard) {
        CompletableFuture<ApiMessage> told = new CompletableFuture<>();
        shard.execute(() -> connection.send(ApiKeys.METADATA, (short) 1,
                new MetadataRequestData().setTopics(List.of()), 10_000, new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        told.complete(body);
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        told.completeExceptionally(cause);
                    }
                }));
        return told;
    }

    private static SaslHandshakeResponseData handshake(RawClient client, String mechanism, int version)
            throws IOException {
        client.send(RawClient.frame(ApiKeys.SASL_HANDSHAKE, version, 1,
                new SaslHandshakeRequestData().setMechanism(mechanism)));
        ByteBuffer answer = client.receive().position(4);
        return new SaslHandshakeResponseData(new ByteBufferAccessor(answer), (short) version);
    }

    private static SaslAuthenticateResponseData authenticate(RawClient client, String message) throws IOException {
        client.send(RawClient.frame(ApiKeys.SASL_AUTHENTICATE, 1, 2,
                new SaslAuthenticateRequestData().setAuthBytes(message.getBytes(UTF_8))));
        ByteBuffer answer = client.receive().position(4);
        return new SaslAuthenticateResponseData(new ByteBufferAccessor(answer), (short) 1);
    }

    private static byte[] raw(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
    }
}
