package io.girok.quorum.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One server that serves nobody who has not shown by SASL who it is.
@Timeout(120)
final class ZookeeperSaslTest {
    /// Of what it makes: with SASL whoever does so is somebody.
    private static final Security OWNER = new Security(Optional.empty(), true, Map.of());
    /// On, as it is unless it is set, the client does not use DIGEST-MD5.
    private static final String FIPS_MODE = "zookeeper.fips-mode";

    @TempDir
    static Path directory;
    private static ZookeeperEnsemble ensemble;

    private final String connect = ensemble.connect() + "/" + UUID.randomUUID();

    @BeforeAll
    static void startEnsemble() throws Exception {
        System.setProperty(FIPS_MODE, "false");
        Path login = directory.resolve("server.jaas");
        Files.writeString(login,
                "Server { " + DigestLoginModule.class.getName() + " required user_girok=\"secret\"; };");
        ensemble = ZookeeperEnsemble.start(directory, 1, List.of(
                "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
                "enforce.auth.enabled=true", "enforce.auth.schemes=sasl"),
                List.of("-Djava.security.auth.login.config=" + login));
    }

    @AfterAll
    static void stopEnsemble() {
        System.clearProperty(FIPS_MODE);
        ensemble.close();
    }

    /// As `java.security.auth.login.config` does, which is read once.
    private static void logIn(String password) {
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
                return name.equals("Client")
                        ? new AppConfigurationEntry[]{new AppConfigurationEntry(DigestLoginModule.class.getName(),
                                LoginModuleControlFlag.REQUIRED, Map.of("username", "girok", "password", password))}
                        : null;
            }
        });
    }

    @AfterEach
    void logOut() {
        Configuration.setConfiguration(null);
    }

    private String join() {
        return Nodes.join(connect, OWNER, Nodes.TIMING);
    }

    @Test
    void whoShowsWhoItIsIsServedAndFindsItsOwn() {
        logIn("secret");

        String clusterId = join();

        assertThat(join()).isEqualTo(clusterId);
    }

    @Test
    void whoDoesNotIsNotServed() {
        assertThatThrownBy(this::join).hasMessageContaining("client failed to authenticate");

        logIn("guessed");

        assertThatThrownBy(this::join).hasMessageContaining("AuthFailed");
    }
}
