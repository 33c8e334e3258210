package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.girok.quorum.zookeeper.ZookeeperEnsemble;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The Java client against brokers that ask who it is.
class SaslIT {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required ";
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";

    @TempDir
    private Path directory;

    private Authority authority;

    @BeforeEach
    void makeAnAuthority() {
        authority = new Authority(directory);
    }

    @Test
    void usersOfPlainAreKnownByTheirPasswords() throws Exception {
        try (GirokProcess broker = start(Map.of("sasl.enabled.mechanisms", "PLAIN",
                "listener.name.sasl_ssl.plain.sasl.jaas.config", PLAIN + "user_alice=\"a;1\" user_bob=\"b\";"))) {
            TlsIT.produceAndConsume(broker.bootstrap(), client("PLAIN", PLAIN + "username=alice password=\"a;1\";"),
                    1_000);

            refused(broker, client("PLAIN", PLAIN + "username=alice password=wrong;"),
                    SaslAuthenticationException.class);
            refused(broker, client("PLAIN", PLAIN + "username=nobody password=b;"), SaslAuthenticationException.class);
            refused(broker, client("SCRAM-SHA-512", SCRAM + "username=alice password=\"a;1\";"),
                    UnsupportedSaslMechanismException.class);
            assertThat(broker.errorText()).contains("unknown user or wrong password")
                    .doesNotContain("a;1")
                    .doesNotContain("everybody who reaches it");
        }
    }

    @Test
    void aSessionIsLengthenedWhileRecordsFlow() throws Exception {
        // The client begins when 5 to 15 % of the time are left, which it must not miss.
        try (GirokProcess broker = start(Map.of("sasl.enabled.mechanisms", "PLAIN", "connections.max.reauth.ms", "5000",
                "sasl.jaas.config", PLAIN + "user_alice=\"a\";"));
                Admin admin = admin(broker, client("PLAIN", PLAIN + "username=alice password=a;"))) {
            Clients.awaitUntil("a session that is lengthened twice", () -> {
                Clients.await(admin.describeCluster().nodes());
                return 2 <= lengthened(admin);
            });
            assertThat(broker.errorText()).doesNotContain("its time is over");
        }
    }

    /// How often a client has shown once more who it is, by its own count.
    private static double lengthened(Admin admin) {
        return admin.metrics()
                .values()
                .stream()
                .filter(metric -> metric.metricName().name().equals("successful-reauthentication-total"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
    }

    @Test
    void aTokenOfTheIssuerLetsItsBearerIn() throws Exception {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("one");
        Path keys = Files.writeString(directory.resolve("keys.json"),
                new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        try (GirokProcess broker = start(Map.of("sasl.enabled.mechanisms", "OAUTHBEARER", "sasl.jaas.config", OAUTH,
                "sasl.oauthbearer.jwks.endpoint.url", keys.toUri().toString(), "sasl.oauthbearer.expected.issuer",
                "https://issuer", "sasl.oauthbearer.expected.audience",
                "girok", "listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"))) {
            Clients.awaitUntil("the keys are read", () -> broker.errorText().contains("have been read from"));
            TokenBearer.token = token(key, "girok");
            TlsIT.produceAndConsume(broker.bootstrap(), bearer(), 500);

            TokenBearer.token = token(key, "somebody else");
            refused(broker, bearer(), SaslAuthenticationException.class);
        }
    }

    @Test
    void kcatShowsWhoItIs() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/kcat")), "kcat is not installed");
        try (GirokProcess broker = start(Map.of("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                "listener.name.sasl_ssl.plain.sasl.jaas.config", PLAIN + "user_alice=\"secret\";",
                "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config", SCRAM + "username=alice password=secret;",
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", SCRAM + "username=alice password=secret;"))) {
            for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")) {
                List<String> client = List.of("kcat", "-b", broker.bootstrap(), "-X", "security.protocol=SASL_SSL",
                        "-X",
                        "ssl.ca.location=" + authority.trust().get("ssl.truststore.location"), "-X",
                        "sasl.mechanism=" + mechanism, "-X", "sasl.username=alice", "-X", "sasl.password=secret", "-t",
                        "of-" + mechanism);
                CommandRun.of("one\ntwo\n", with(client, "-P")).succeeded();
                assertThat(CommandRun.of(with(client, "-C", "-o", "beginning", "-e", "-q")).succeeded().lines())
                        .containsExactly("one", "two");
            }
        }
    }

    private static List<String> with(List<String> command, String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return all;
    }

    @Test
    void theFirstAdministratorMakesTheOtherUsers() throws Exception {
        Map<String, String> settings = tls();
        settings.putAll(Map.of("listeners", "SASL_SSL://127.0.0.1:0", "http.listeners", "", "log.dirs",
                directory.resolve("data").toString(), "sasl.enabled.mechanisms", "SCRAM-SHA-256,SCRAM-SHA-512"));
        List<String> arguments = arguments(settings, "--bootstrap-admin", "admin");
        try (GirokProcess broker = GirokProcess.launch(directory.resolve("data"), arguments,
                Map.of("GIROK_BOOTSTRAP_ADMIN_PASSWORD", "first, \"secret\""))) {
            broker.awaitReady();
            Path admin = properties("admin.properties",
                    client("SCRAM-SHA-512", SCRAM + "username=admin password=\"first, \\\"secret\\\"\";"));

            assertThat(girok(broker, admin, "user", "add", "al=ice,", "--password-file",
                    Files.writeString(directory.resolve("p"), "hunter2\n").toString())).isEqualTo("");
            assertThat(girok(broker, admin, "user", "list")).contains("al=ice,", "admin",
                    "SCRAM-SHA-256 (8192), SCRAM-SHA-512 (8192)");
            Map<String, Object> alice = client("SCRAM-SHA-256", SCRAM + "username=\"al=ice,\" password=hunter2;");
            Clients.awaitUntil("the new user is let in", () -> isLetIn(broker, alice));
            TlsIT.produceAndConsume(broker.bootstrap(), alice, 1_000);
            refused(broker, client("SCRAM-SHA-256", SCRAM + "username=\"al=ice,\" password=hunter3;"),
                    SaslAuthenticationException.class);
            refused(broker, client("SCRAM-SHA-256", SCRAM + "username=nobody password=hunter2;"),
                    SaslAuthenticationException.class);
            girok(broker, admin, "user", "remove", "al=ice,");
            Clients.awaitUntil("the removed user is refused", () -> !isLetIn(broker, alice));
            assertThat(broker.errorText()).doesNotContain("hunter2").doesNotContain("first, ");
        }
    }

    /// A client that is told that its password is wrong gives up for good; a broker that is starting must not say so.
    @Test
    void aClientOutlivesARestartOfItsBroker() throws Exception {
        Path data = directory.resolve("data");
        Map<String, String> settings = tls();
        settings.putAll(Map.of("listeners", "SASL_SSL://127.0.0.1:0", "http.listeners", "", "log.dirs",
                data.toString(), "sasl.enabled.mechanisms", "SCRAM-SHA-512"));
        GirokProcess broker = GirokProcess.launch(data, arguments(settings, "--bootstrap-admin=admin"),
                Map.of("GIROK_BOOTSTRAP_ADMIN_PASSWORD", "hunter2"));
        broker.awaitReady();
        Map<String, Object> client = client("SCRAM-SHA-512", SCRAM + "username=admin password=hunter2;");
        client.putAll(Map.of("reconnect.backoff.max.ms", 50, "default.api.timeout.ms", 2_000, "request.timeout.ms",
                1_000));
        try (broker; Admin kept = admin(broker, client)) {
            Clients.awaitUntil("the client is served", () -> isServed(kept));
            broker.stop();
            settings.put("listeners", "SASL_SSL://127.0.0.1:" + broker.port());

            try (GirokProcess again = GirokProcess.launch(data, arguments(settings), Map.of())) {
                Clients.awaitUntil("the client is served again", () -> isServed(kept));
                again.awaitReady();
            }
        }
    }

    private static boolean isServed(Admin admin) {
        try {
            Clients.await(admin.describeCluster().nodes());
            return true;
        } catch (Clients.CompletionFailed notYet) {
            assertThat(notYet).hasCauseInstanceOf(RetriableException.class);
            return false;
        }
    }

    private static List<String> arguments(Map<String, String> settings, String... more) {
        List<String> arguments = new ArrayList<>(List.of("start"));
        arguments.addAll(List.of(more));
        settings.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        return arguments;
    }

    private static boolean isLetIn(GirokProcess broker, Map<String, Object> client) {
        try (Admin admin = admin(broker, client)) {
            Clients.await(admin.describeCluster().nodes());
            return true;
        } catch (Clients.CompletionFailed refused) {
            return false;
        }
    }

    private Path properties(String file, Map<String, Object> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Path path = directory.resolve(file);
        try (Writer out = Files.newBufferedWriter(path)) {
            properties.store(out, null);
        }
        return path;
    }

    private static String girok(GirokProcess broker, Path config, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", broker.bootstrap(), "--config", config.toString()));
        CommandRun run = CommandRun.girok("", all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.errors()).isZero();
        return run.output();
    }

    private Map<String, Object> bearer() {
        Map<String, Object> settings = client("OAUTHBEARER", OAUTH);
        settings.put("sasl.login.callback.handler.class", TokenBearer.class.getName());
        return settings;
    }

    private static String token(RsaJsonWebKey key, String audience) throws Exception {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("alice");
        claims.setAudience(audience);
        claims.setIssuer("https://issuer");
        claims.setIssuedAtToNow();
        claims.setExpirationTime(NumericDate.fromMilliseconds(System.currentTimeMillis() + 600_000));
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue("RS256");
        signature.setKeyIdHeaderValue("one");
        signature.setKey(key.getPrivateKey());
        signature.setPayload(claims.toJson());
        return signature.getCompactSerialization();
    }

    @Test
    void threeBrokersShowEachOtherWhoTheyAre() throws Exception {
        String node = PLAIN + "username=node password=\"n\" user_node=\"n\";";
        Map<String, Object> client = node("PLAIN", node);
        try (GirokCluster cluster = GirokCluster.start(directory, amongNodes("PLAIN", node, Map.of()))) {
            goesOnWithoutTheFirst(cluster, client, 3);
        }
    }

    /// Voters talk before they know any user.
    @Test
    void controllersAndBrokersThatDoNotVoteShowEachOtherWhoTheyAre() throws Exception {
        String node = SCRAM + "username=node password=\"n\";";
        Map<String, Object> client = node("SCRAM-SHA-512", node);
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(2, 1, 1), directory,
                amongNodes("SCRAM-SHA-512", node,
                        Map.of("default.replication.factor", "2", "offsets.topic.replication.factor", "2")))) {
            goesOnWithoutTheFirst(cluster, client, 2);
        }
    }

    /// Not in every run: it takes a cluster and an ensemble, and is made of what is tested by itself.
    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "all")
    void brokersWithZookeeperShowEachOtherWhoTheyAre() throws Exception {
        String node = SCRAM + "username=node password=\"n\";";
        Map<String, Object> client = node("SCRAM-SHA-256", node);
        try (ZookeeperEnsemble ensemble = ZookeeperEnsemble.start(directory.resolve("ensemble"), 1, List.of());
                GirokCluster cluster = GirokCluster.start(directory, amongNodes("SCRAM-SHA-256", node,
                        Map.of("zookeeper.connect", ensemble.connect(), "controller.quorum.voters", "")))) {
            goesOnWithoutTheFirst(cluster, client, 3);
        }
    }

    private static void goesOnWithoutTheFirst(GirokCluster cluster, Map<String, Object> client, int replicas) {
        try (Admin admin = Clients.admin(cluster.bootstrap(), client)) {
            Clients.await(admin.createTopics(List.of(new NewTopic("orders", 3, (short) replicas))).all());
        }
        TlsIT.produceAndConsume(cluster.bootstrap(), client, 1_000);
        cluster.kill(1);
        TlsIT.produceAndConsume(cluster.bootstrap(), client, 100);
        cluster.restart(1);
    }

    /// What a cluster is told whose nodes have a certificate and a login.
    private Map<String, String> amongNodes(String mechanism, String jaas, Map<String, String> more) throws IOException {
        Map<String, String> settings = tls();
        settings.putAll(Map.of("inter.broker.listener.name", "SASL_SSL", "sasl.enabled.mechanisms", mechanism,
                "sasl.mechanism.inter.broker.protocol", mechanism, "sasl.jaas.config", jaas,
                "listener.name.sasl_ssl.ssl.client.auth", "required"));
        settings.putAll(more);
        return settings;
    }

    /// A client with a certificate.
    private Map<String, Object> node(String mechanism, String jaas) throws IOException {
        Map<String, Object> client = client(mechanism, jaas);
        client.putAll(Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location",
                authority.pem("CN=client", "client.pem").toString()));
        return client;
    }

    private Map<String, String> tls() throws IOException {
        Map<String, String> settings = new HashMap<>(authority.trust());
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.location", authority.pem("CN=broker", "broker.pem").toString());
        return settings;
    }

    private GirokProcess start(Map<String, String> settings) throws IOException {
        Map<String, String> all = tls();
        all.putAll(settings);
        all.put("listeners", "SASL_SSL://127.0.0.1:0");
        return GirokProcess.start(directory.resolve("data"), all);
    }

    private Map<String, Object> client(String mechanism, String jaas) {
        Map<String, Object> settings = new HashMap<>(authority.trust());
        settings.putAll(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", mechanism, "sasl.jaas.config", jaas));
        return settings;
    }

    private static void refused(GirokProcess broker, Map<String, Object> client, Class<? extends Throwable> how) {
        try (Admin admin = admin(broker, client)) {
            assertThatThrownBy(() -> Clients.await(admin.describeCluster().nodes())).hasCauseInstanceOf(how);
        }
    }

    private static Admin admin(GirokProcess broker, Map<String, Object> client) {
        return Clients.admin(broker.bootstrap(), client);
    }

    /// Gives the client the token that the test has put here.
    public static final class TokenBearer implements AuthenticateCallbackHandler {
        static volatile String token = "";

        @Override
        public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
            // Nothing to set.
        }

        @Override
        public void handle(Callback[] callbacks) {
            for (Callback callback : callbacks) {
                if (callback instanceof OAuthBearerTokenCallback wanted) {
                    wanted.token(new Token(token, System.currentTimeMillis()));
                }
            }
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private record Token(String value, Long startTimeMs) implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return startTimeMs + 600_000;
        }

        @Override
        public String principalName() {
            return "alice";
        }
    }
}
