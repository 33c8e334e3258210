package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.setting.Settings;
import io.girok.quorum.zookeeper.ZookeeperSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Util;
import org.junit.jupiter.api.Test;

class ZookeeperOptionsTest {
    private static ZookeeperSettings of(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(Map.of("zookeeper.connect", "zoo1:2181,zoo2/girok", "node.id", "7"));
        all.putAll(given);
        return ZookeeperOptions.of(Settings.parse(all));
    }

    @Test
    void whoTheNodesAreIsTakenOver() {
        ZookeeperSettings settings = of(
                Map.of("zookeeper.digest", "girok:secret", "zookeeper.set.acl", "true"));

        assertThat(settings.security().digest()).contains("girok:secret");
        assertThat(settings.security().isOwner()).isTrue();
        assertThat(settings.security().tls()).isEmpty();
    }

    /// The names are those that the client itself has.
    @Test
    void tlsIsToldToTheClientInItsOwnWords() {
        try (X509Util names = new ClientX509Util()) {
            assertThat(of(Map.ofEntries(Map.entry("zookeeper.ssl.client.enable", "true"),
                    Map.entry("zookeeper.ssl.keystore.location", "/key"),
                    Map.entry("zookeeper.ssl.keystore.password", "of-key"),
                    Map.entry("zookeeper.ssl.keystore.type", "PKCS12"),
                    Map.entry("zookeeper.ssl.truststore.location", "/trust"),
                    Map.entry("zookeeper.ssl.truststore.password", "of-trust"),
                    Map.entry("zookeeper.ssl.truststore.type", "JKS"),
                    Map.entry("zookeeper.ssl.protocol", "TLSv1.3"),
                    Map.entry("zookeeper.ssl.enabled.protocols", "TLSv1.3,TLSv1.2"),
                    Map.entry("zookeeper.ssl.cipher.suites", "one,two"),
                    Map.entry("zookeeper.ssl.endpoint.identification.algorithm", ""))).security().tls())
                    .isEqualTo(Map.ofEntries(Map.entry(names.getSslKeystoreLocationProperty(), "/key"),
                            Map.entry(names.getSslKeystorePasswdProperty(), "of-key"),
                            Map.entry(names.getSslKeystoreTypeProperty(), "PKCS12"),
                            Map.entry(names.getSslTruststoreLocationProperty(), "/trust"),
                            Map.entry(names.getSslTruststorePasswdProperty(), "of-trust"),
                            Map.entry(names.getSslTruststoreTypeProperty(), "JKS"),
                            Map.entry(names.getSslProtocolProperty(), "TLSv1.3"),
                            Map.entry(names.getSslEnabledProtocolsProperty(), "TLSv1.3,TLSv1.2"),
                            Map.entry(names.getSslCipherSuitesProperty(), "one,two"),
                            Map.entry(names.getSslHostnameVerificationEnabledProperty(), "false")));
        }
    }

    @Test
    void theServersNameIsCheckedUnlessToldOtherwise() {
        try (X509Util names = new ClientX509Util()) {
            assertThat(of(Map.of("zookeeper.ssl.client.enable", "true")).security().tls())
                    .containsOnly(Map.entry(names.getSslHostnameVerificationEnabledProperty(), "true"));
        }
    }

    @Test
    void withoutItsSwitchNothingIsSaidOfTls() {
        assertThat(of(Map.of("zookeeper.ssl.keystore.location", "/key")).security().tls()).isEmpty();
    }
}
