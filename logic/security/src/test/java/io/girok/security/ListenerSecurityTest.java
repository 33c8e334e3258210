package io.girok.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenerSecurityTest {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required ";

    @Test
    void aListenerIsOpenUnlessItsNameSaysOtherwise() {
        assertThat(of(Map.of(), "PLAINTEXT")).containsEntry("PLAINTEXT", ListenerSecurity.OPEN);
    }

    @Test
    void theMapSaysWhatIsSpokenAtANameAndAPrefixWhatIsDifferentThere() {
        Map<String, ListenerSecurity> securities = of(Map.of(
                "listener.security.protocol.map", "INTERNAL:SSL,clients:SSL",
                "ssl.keystore.location", "/all.p12", "ssl.keystore.password", "one",
                "listener.name.internal.ssl.keystore.location", "/internal.pem",
                "listener.name.internal.ssl.keystore.type", "PEM",
                "listener.name.internal.ssl.client.auth", "required"), "INTERNAL", "CLIENTS");

        assertThat(securities.get("CLIENTS").tls().orElseThrow().own()).contains(
                new TlsSettings.OwnKey.Store("/all.p12", "JKS", Optional.of(new Secret("one")), Optional.empty(),
                        "SunX509"));
        assertThat(securities.get("CLIENTS").isOpenToAll()).isTrue();
        assertThat(securities.get("INTERNAL").isOpenToAll()).isFalse();
    }

    @Test
    void theEngineIsTheOneOfTheProvider() {
        Map<String, ListenerSecurity> securities = of(Map.of("ssl.keystore.location", "/a.p12", "ssl.provider",
                "SunJSSE", "listener.security.protocol.map", "SSL:SSL,OTHER:SSL",
                "listener.name.other.ssl.provider", "OpenSSL"), "SSL", "OTHER");

        assertThat(securities.get("SSL").tls().orElseThrow().engine()).isEqualTo(TlsSettings.Engine.JDK);
        assertThat(securities.get("OTHER").tls().orElseThrow().engine()).isEqualTo(TlsSettings.Engine.OPENSSL);
    }

    @Test
    void aPasswordForAStoreContradictsPem() {
        assertThatThrownBy(() -> of(Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location", "/a",
                "ssl.keystore.password", "hunter2"), "SSL")).isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("ssl.key.password")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void contradictionsAreNamed() {
        refused("has no certificate", Map.of(), "SSL");
        refused("both or none", Map.of("ssl.keystore.type", "PEM", "ssl.keystore.key", "k"), "SSL");
        refused("is missing", Map.of(), "SASL_PLAINTEXT");
        refused("nobody could show who they are", Map.of("sasl.enabled.mechanisms", "PLAIN"), "SASL_PLAINTEXT");
        refused("jwks.endpoint.url", Map.of("sasl.enabled.mechanisms", "OAUTHBEARER"), "SASL_PLAINTEXT");
        refused("'sasl.oauthbearer.expected.audience' is missing", Map.of("sasl.enabled.mechanisms", "OAUTHBEARER",
                "sasl.oauthbearer.jwks.endpoint.url", "https://issuer/keys"), "SASL_PLAINTEXT");
        refused("'sasl.oauthbearer.expected.issuer' is missing", Map.of("sasl.enabled.mechanisms", "OAUTHBEARER",
                "sasl.oauthbearer.jwks.endpoint.url", "https://issuer/keys",
                "sasl.oauthbearer.allow.unverified.audience", "true"), "SASL_PLAINTEXT");
        refused("in lower case", Map.of("listener.name.PLAINTEXT.ssl.client.auth", "required"), "PLAINTEXT");
        refused("has no protocol", Map.of(), "INTERNAL");
        refused("twice", Map.of("listener.security.protocol.map", "A:SSL,a:PLAINTEXT"), "A");
        refused("allowed: NAME:PROTOCOL", Map.of("listener.security.protocol.map", "A:TLS"), "A");
        refused("'listeners' has no 'OTHER'", Map.of("listener.name.other.ssl.client.auth", "required"), "PLAINTEXT");
    }

    @Test
    void usersOfPlainAreThoseOfItsOwnModule() {
        Map<String, ListenerSecurity> securities = of(Map.of("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512",
                "listener.name.sasl_plaintext.plain.sasl.jaas.config", PLAIN + "user_alice=\"a\";",
                "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config",
                SCRAM + "username=\"node\" password=\"p\";"),
                "SASL_PLAINTEXT");

        SaslSettings sasl = securities.get("SASL_PLAINTEXT").sasl().orElseThrow();
        assertThat(sasl.plainUsers()).containsOnlyKeys("alice");
        assertThat(sasl.ownScram()).contains(new SaslSettings.Login("SCRAM-SHA-512", "node", new Secret("p")));
        assertThat(sasl.toString()).doesNotContain("\"a\"").doesNotContain("\"p\"");
    }

    @Test
    void nodesReachEachOtherWhereTheyAreToldTo() {
        Map<String, String> given = Map.of("sasl.enabled.mechanisms", "PLAIN",
                "inter.broker.listener.name", "sasl_plaintext",
                "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "sasl.jaas.config", PLAIN + "username=\"node\" password=\"p\" user_node=\"p\";");

        ListenerSecurity.BetweenNodes between = between(given, "PLAINTEXT", "SASL_PLAINTEXT");

        assertThat(between.listener()).isEqualTo("SASL_PLAINTEXT");
        assertThat(between.login()).map(SaslSettings.Login::user).contains("node");
    }

    @Test
    void withoutAWordNodesReachEachOtherAtTheFirstListener() {
        assertThat(between(Map.of(), "PLAINTEXT").listener()).isEqualTo("PLAINTEXT");
    }

    @Test
    void anUnclearWayBetweenNodesIsRefused() {
        assertThatThrownBy(() -> between(Map.of("inter.broker.listener.name", "B"), "PLAINTEXT"))
                .hasMessageContaining("allowed: [PLAINTEXT]");
        assertThatThrownBy(() -> between(Map.of("security.inter.broker.protocol", "SSL"), "PLAINTEXT"))
                .hasMessageContaining("no listener speaks");
        assertThatThrownBy(() -> between(Map.of("security.inter.broker.protocol", "PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT"), "PLAINTEXT")).hasMessageContaining("both given");
        assertThatThrownBy(() -> between(Map.of("sasl.enabled.mechanisms", "PLAIN", "sasl.jaas.config",
                PLAIN + "user_a=\"a\";"), "SASL_PLAINTEXT")).hasMessageContaining("is missing");
    }

    private static void refused(String why, Map<String, String> given, String listener) {
        assertThatThrownBy(() -> of(given, listener)).isInstanceOf(InvalidSetting.class).hasMessageContaining(why);
    }

    private static Map<String, ListenerSecurity> of(Map<String, String> given, String... names) {
        return ListenerSecurity.of(Settings.parse(new HashMap<>(given)), List.of(names));
    }

    private static ListenerSecurity.BetweenNodes between(Map<String, String> given, String... names) {
        return ListenerSecurity.betweenNodes(Settings.parse(new HashMap<>(given)), of(given, names));
    }
}
