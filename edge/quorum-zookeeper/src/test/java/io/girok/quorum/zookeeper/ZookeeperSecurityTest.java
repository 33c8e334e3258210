package io.girok.quorum.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One server that speaks TLS only.
@Timeout(120)
final class ZookeeperSecurityTest {
    private static final String PASSWORD = "of-tests";

    @TempDir
    static Path directory;
    private static ZookeeperEnsemble ensemble;

    private final String connect = ensemble.connect() + "/" + UUID.randomUUID();

    @BeforeAll
    static void startEnsemble() throws Exception {
        keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server", "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-keystore", path("server.p12"));
        keytool("-exportcert", "-alias", "server", "-file", path("server.cer"), "-keystore", path("server.p12"));
        keytool("-importcert", "-noprompt", "-alias", "server", "-file", path("server.cer"), "-keystore",
                path("trust.p12"));
        ensemble = ZookeeperEnsemble.start(directory, 1, List.of("secureClientPort=${port}",
                "secureClientPortAddress=127.0.0.1",
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory", "ssl.clientAuth=none",
                "ssl.keyStore.location=" + path("server.p12"), "ssl.keyStore.password=" + PASSWORD,
                "ssl.trustStore.location=" + path("trust.p12"), "ssl.trustStore.password=" + PASSWORD));
    }

    @AfterAll
    static void stopEnsemble() {
        ensemble.close();
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static Map<String, String> tls() {
        return Map.of("zookeeper.ssl.trustStore.location", path("trust.p12"), "zookeeper.ssl.trustStore.password",
                PASSWORD, "zookeeper.ssl.hostnameVerification", "true");
    }

    private String join(Security security) {
        return Nodes.join(connect, security, Nodes.TIMING);
    }

    private String joinQuickly(Security security) {
        return Nodes.join(connect, security, Nodes.QUICK);
    }

    @Test
    void withTlsTheEnsembleIsReachedAndWithoutItIsNot() {
        assertThat(join(new Security(Optional.empty(), false, tls()))).startsWith("id-");

        assertThatThrownBy(() -> joinQuickly(Security.NONE)).hasMessageContaining("zookeeper.connect")
                .hasMessageContaining("has taken a connection within 2000 ms");
    }

    @Test
    void aServerThatIsNotTrustedIsNotTalkedTo() {
        Map<String, String> itself = Map.of("zookeeper.ssl.hostnameVerification", "true");

        assertThatThrownBy(() -> joinQuickly(new Security(Optional.empty(), false, itself)))
                .hasMessageContaining("has taken a connection");
    }

    @Test
    void znodesWithAnOwnerAreOnlyForWhoIsTheSame() {
        Security owner = new Security(Optional.of("girok:secret"), true, tls());
        String clusterId = join(owner);

        assertThat(join(owner)).isEqualTo(clusterId);
        assertThatThrownBy(() -> join(new Security(Optional.of("girok:guessed"), true, tls())))
                .hasMessageContaining("NoAuth");
        assertThatThrownBy(() -> join(new Security(Optional.empty(), false, tls()))).hasMessageContaining("NoAuth");
    }

    @Test
    void whoIsNobodyOwnsNothing() {
        assertThatThrownBy(() -> join(new Security(Optional.empty(), true, tls())))
                .hasMessageContaining("zookeeper.set.acl needs an identity");
    }

    @Test
    void whatIsSecretIsInNoText() {
        assertThat(new Security(Optional.of("girok:secret"), true, Map.of("password", "hidden")).toString())
                .doesNotContain("secret", "hidden");
    }
}
