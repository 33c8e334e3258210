package io.girok.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.base.simulated.ManualClock;
import io.girok.metadata.MetadataImage;
import io.girok.security.SaslSettings;
import io.girok.security.TlsSettings.ClientAuth;
import io.girok.security.sasl.DelegationTokens;
import io.girok.security.sasl.ImageScramUsers;
import io.girok.security.sasl.SaslMechanisms;
import io.girok.security.sasl.ScramUsers;
import io.girok.wire.Request;
import io.girok.wire.SupportedApis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How long a client may take before it is let in. In virtual time.
@Timeout(60)
class StalledConnectionTest {
    private static final long HANDSHAKE_LIMIT_MS = 10_000;
    private static final long LOGIN_LIMIT_MS = 30_000;
    private static final NetworkSettings SETTINGS = NetworkSettings.DEFAULTS.withTimeouts(600_000, 60_000)
            .withFailedAuthenticationDelay(0);

    private final ManualClock clock = new ManualClock();
    private final List<Request> letIn = new ArrayList<>();

    @Test
    void aHandshakeThatDoesNotBeginOrStopsInTheMiddleEnds(@TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates();
        Path file = Certificates.writePem(certificates.issue("CN=broker"), directory.resolve("broker.pem"));
        TlsContext tls = TlsContext.load("x", certificates.settings(Certificates.pem(file), ClientAuth.NONE, ""),
                Runnable::run);
        // The head of a TLS record of 512 bytes, and the first of them: a client's hello.
        byte[] halfAHello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
        for (byte[] sent : List.of(new byte[0], halfAHello)) {
            try (EmbeddedConnection connection = connect(new Guard(Optional.of(tls), Optional.empty()))) {
                connection.send(sent, 0, sent.length);
                connection.pass(HANDSHAKE_LIMIT_MS - 1);
                assertThat(connection.isOpen()).isTrue();
                connection.pass(1);
                assertThat(connection.isOpen()).isFalse();
            }
        }
    }

    @Test
    void aLoginThatDoesNotBeginOrStopsInTheMiddleEnds() {
        byte[] apiVersions = RawClient.frame(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData());
        byte[] handshake = RawClient.frame(ApiKeys.SASL_HANDSHAKE, 1, 2,
                new SaslHandshakeRequestData().setMechanism("SCRAM-SHA-256"));
        byte[] first = RawClient.frame(ApiKeys.SASL_AUTHENTICATE, 1, 3,
                new SaslAuthenticateRequestData().setAuthBytes("n,,n=alice,r=abc".getBytes(UTF_8)));
        for (List<byte[]> sent : List.of(List.<byte[]>of(), List.of(apiVersions),
                List.of(apiVersions, handshake), List.of(apiVersions, handshake, first))) {
            try (EmbeddedConnection connection = connect(sasl())) {
                sent.forEach(frame -> send(connection, frame));
                connection.pass(LOGIN_LIMIT_MS - 1);
                assertThat(connection.isOpen()).as("after %s requests", sent.size()).isTrue();
                connection.pass(1);
                assertThat(connection.isOpen()).as("after %s requests", sent.size()).isFalse();
            }
        }
    }

    /// What is asked again and again does not lengthen it.
    @Test
    void askingForVersionsIsNoLogin() {
        try (EmbeddedConnection connection = connect(sasl())) {
            for (int second = 0; second < LOGIN_LIMIT_MS / 1_000; second++) {
                assertThat(connection.isOpen()).isTrue();
                send(connection, RawClient.frame(ApiKeys.API_VERSIONS, 0, second, new ApiVersionsRequestData()));
                connection.pass(1_000);
            }
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void whoIsLetInHasAllTheTime() {
        try (EmbeddedConnection connection = connect(sasl())) {
            send(connection, RawClient.frame(ApiKeys.SASL_HANDSHAKE, 1, 1,
                    new SaslHandshakeRequestData().setMechanism("PLAIN")));
            send(connection, RawClient.frame(ApiKeys.SASL_AUTHENTICATE, 1, 2,
                    new SaslAuthenticateRequestData().setAuthBytes("\0alice\0secret".getBytes(UTF_8))));
            connection.pass(2 * LOGIN_LIMIT_MS);

            send(connection, RawClient.ping(3));

            assertThat(letIn).singleElement()
                    .satisfies(request -> assertThat(request.connection().principal())
                            .isEqualTo(Principal.user("alice")));
        }
    }

    private EmbeddedConnection connect(Guard guard) {
        return new EmbeddedConnection(guard, SETTINGS,
                SupportedApis.of(EnumSet.of(ApiKeys.METADATA, ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE,
                        ApiKeys.SASL_AUTHENTICATE)),
                (request, responder) -> {
                    if (request.api() == ApiKeys.API_VERSIONS) {
                        responder.respond(new ApiVersionsResponseData());
                    } else {
                        letIn.add(request);
                        responder.respond(new MetadataResponseData());
                    }
                }, clock);
    }

    private static void send(EmbeddedConnection connection, byte[] frame) {
        assertThat(connection.send(frame, 0, frame.length)).isEqualTo(frame.length);
    }

    private static Guard sasl() {
        SaslSettings settings = new SaslSettings(List.of("PLAIN", "SCRAM-SHA-256"),
                Map.of("alice", new Secret("secret")), Optional.empty(), Optional.empty(), 2_000, Map.of());
        ScramUsers users = new ScramUsers(new ImageScramUsers(() -> MetadataImage.EMPTY, DelegationTokens.NONE),
                Optional.empty(), new byte[8]);
        return new Guard(Optional.empty(),
                Optional.of(new SaslMechanisms(settings, users, Optional.empty(), () -> "nonce")));
    }
}
