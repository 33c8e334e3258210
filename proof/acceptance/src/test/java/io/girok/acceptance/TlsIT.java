package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client against a broker that speaks TLS.
class TlsIT {
    @TempDir
    private Path directory;

    private Authority authority;

    @BeforeEach
    void makeAnAuthority() {
        authority = new Authority(directory);
    }

    @Test
    void recordsGoThereAndBackUnderTls() throws Exception {
        try (GirokProcess broker = start(pem("CN=broker"))) {
            Map<String, Object> client = client(Map.of());
            produceAndConsume(broker.bootstrap(), client, 20_000);

            assertThat(broker.errorText()).contains("TLS by OpenSSL").contains("CN=broker");
        }
    }

    @Test
    void aListenerThatKnowsItsClientsLetsOthersNotIn() throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("ssl.keystore.location",
                authority.pkcs12("CN=broker", "broker.p12").toString(), "ssl.keystore.password", Authority.PASSWORD,
                "ssl.keystore.type", "PKCS12", "ssl.client.auth", "required", "ssl.principal.mapping.rules",
                "RULE:^CN=(.*?)$/$1/L"));
        settings.putAll(authority.trust());
        try (GirokProcess broker = start(settings)) {
            Map<String, Object> known = client(Map.of("ssl.keystore.type", "PKCS12", "ssl.keystore.location",
                    authority.pkcs12("CN=Alice", "alice.p12").toString(), "ssl.keystore.password",
                    Authority.PASSWORD, "ssl.key.password", Authority.PASSWORD));
            produceAndConsume(broker.bootstrap(), known, 100);

            try (Admin stranger = Clients.admin(broker.bootstrap(), client(Map.of()))) {
                assertThatThrownBy(() -> Clients.await(stranger.describeCluster().nodes()))
                        .hasCauseInstanceOf(SslAuthenticationException.class);
            }
            broker.awaitUntil("a word about it", () -> broker.errorText().contains("its TLS handshake has failed"));
            assertThat(broker.errorText()).doesNotContain("everybody who reaches it may do everything");
        }
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestart() throws Exception {
        try (GirokProcess broker = start(pem("CN=first"));
                Admin admin = Clients.admin(broker.bootstrap(), client(Map.of()))) {
            Clients.await(admin.describeCluster().nodes());
            assertThat(shownAt(broker.port())).isEqualTo("CN=first");

            pem("CN=second");

            Clients.awaitUntil("the new certificate is shown", () -> shownAt(broker.port()).equals("CN=second"));
            Clients.await(admin.describeCluster().nodes());
        }
    }

    @Test
    void aClientThatSpeaksPlaintextIsClosedWithAWord() throws Exception {
        try (GirokProcess broker = start(pem("CN=broker"));
                Admin plain = Clients.admin(broker.bootstrap(), Map.of("default.api.timeout.ms", 2_000,
                        "request.timeout.ms", 1_000))) {
            assertThatThrownBy(() -> Clients.await(plain.describeCluster().nodes()))
                    .isInstanceOf(Clients.CompletionFailed.class);

            assertThat(broker.errorText()).containsOnlyOnce("it speaks plaintext");
        }
    }

    @Test
    void aListenerWithoutACertificateIsRefusedInPlainWords() {
        GirokProcess broker = GirokProcess.launch(directory.resolve("data"),
                List.of("start", "--set", "listeners=SSL://127.0.0.1:0", "--set", "http.listeners="), Map.of());

        assertThat(broker.awaitExit()).isEqualTo(2);
        assertThat(broker.errorText()).contains("listener 'SSL' speaks SSL and has no certificate");
    }

    @Test
    void certificatesForDevelopmentAreMadeByOneCommand() throws Exception {
        Path made = directory.resolve("made");
        CommandRun run = CommandRun.girok("", "tls", made.toString(), "--host", "localhost,127.0.0.1", "--client",
                "alice");
        assertThat(run.exitCode()).as(run.errors()).isZero();
        Map<String, String> settings = read(made.resolve("localhost.broker.properties"));
        settings.put("ssl.client.auth", "required");
        try (GirokProcess broker = start(settings)) {
            produceAndConsume(broker.bootstrap(), Map.copyOf(read(made.resolve("alice.properties"))), 100);

            try (Admin stranger = Clients.admin(broker.bootstrap(),
                    Map.copyOf(read(made.resolve("client.properties"))))) {
                assertThatThrownBy(() -> Clients.await(stranger.describeCluster().nodes()))
                        .hasCauseInstanceOf(SslAuthenticationException.class);
            }
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    private GirokProcess start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("listeners", "SSL://127.0.0.1:0");
        return GirokProcess.start(directory.resolve("data"), all);
    }

    private Map<String, String> pem(String subject) throws Exception {
        return Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location",
                authority.pem(subject, "broker.pem").toString());
    }

    private Map<String, Object> client(Map<String, String> more) {
        Map<String, Object> settings = new HashMap<>(authority.trust());
        settings.put("security.protocol", "SSL");
        settings.putAll(more);
        return settings;
    }

    static void produceAndConsume(String bootstrap, Map<String, Object> client, int count) {
        List<String> written = new ArrayList<>();
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("linger.ms", 5);
        try (KafkaProducer<String, String> producer = Clients.producer(bootstrap, settings)) {
            for (int i = 0; i < count; i++) {
                written.add("value " + i + "x".repeat(500));
                producer.send(new ProducerRecord<>("orders", 0, "key", written.getLast()));
            }
        }
        Map<String, Object> reader = new HashMap<>(client);
        reader.put("group.id", "readers");
        try (KafkaConsumer<String, String> consumer = Clients.consumer(bootstrap, reader)) {
            consumer.subscribe(List.of("orders"));
            assertThat(Clients.poll(consumer, count)).extracting(ConsumerRecord::value)
                    .containsExactlyElementsOf(written);
            consumer.commitSync();
        }
    }

    /// Whose certificate it is that a new connection is shown.
    private static String shownAt(int port) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new TrustsAll()}, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
                socket.startHandshake();
                return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal()
                        .getName();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // Whoever it is.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // Whoever it is.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
