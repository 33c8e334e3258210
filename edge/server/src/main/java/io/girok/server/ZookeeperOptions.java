package io.girok.server;

import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_CONNECT;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_CONNECTION_TIMEOUT_MS;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_DIGEST;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SESSION_TIMEOUT_MS;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SET_ACL;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_CIPHER_SUITES;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_CLIENT_ENABLE;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_ENABLED_PROTOCOLS;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_KEYSTORE_LOCATION;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_KEYSTORE_PASSWORD;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_KEYSTORE_TYPE;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_PROTOCOL;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_TRUSTSTORE_LOCATION;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_TRUSTSTORE_PASSWORD;
import static io.girok.metadata.setting.BrokerSettings.ZOOKEEPER_SSL_TRUSTSTORE_TYPE;

import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.Settings;
import io.girok.quorum.zookeeper.Security;
import io.girok.quorum.zookeeper.Servers;
import io.girok.quorum.zookeeper.ZookeeperSettings;
import io.girok.quorum.zookeeper.ZookeeperSettings.Timing;
import io.girok.quorum.zookeeper.ZookeeperSettings.Truncation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The settings of `zookeeper.*` in the words of the ZooKeeper client. Stateless; loaded only when they are given.
final class ZookeeperOptions {
    /// What goes to the client as it is.
    private static final Map<Setting<String>, String> TLS_TEXTS = Map.of(
            ZOOKEEPER_SSL_KEYSTORE_LOCATION, "zookeeper.ssl.keyStore.location",
            ZOOKEEPER_SSL_KEYSTORE_PASSWORD, "zookeeper.ssl.keyStore.password",
            ZOOKEEPER_SSL_KEYSTORE_TYPE, "zookeeper.ssl.keyStore.type",
            ZOOKEEPER_SSL_TRUSTSTORE_LOCATION, "zookeeper.ssl.trustStore.location",
            ZOOKEEPER_SSL_TRUSTSTORE_PASSWORD, "zookeeper.ssl.trustStore.password",
            ZOOKEEPER_SSL_TRUSTSTORE_TYPE, "zookeeper.ssl.trustStore.type",
            ZOOKEEPER_SSL_PROTOCOL, "zookeeper.ssl.protocol");
    private static final Map<Setting<List<String>>, String> TLS_LISTS = Map.of(
            ZOOKEEPER_SSL_ENABLED_PROTOCOLS, "zookeeper.ssl.enabledProtocols",
            ZOOKEEPER_SSL_CIPHER_SUITES, "zookeeper.ssl.ciphersuites");

    private ZookeeperOptions() {}

    /// @throws InvalidSetting when `zookeeper.connect` is malformed
    static ZookeeperSettings of(Settings settings) {
        Servers servers;
        try {
            servers = Servers.parse(settings.get(ZOOKEEPER_CONNECT));
        } catch (IllegalArgumentException e) {
            throw new InvalidSetting("setting 'zookeeper.connect' is '" + settings.get(ZOOKEEPER_CONNECT)
                    + "'; allowed: " + ZOOKEEPER_CONNECT.type().allowed() + " (" + e.getMessage() + ")");
        }
        return new ZookeeperSettings(servers, settings.get(BrokerSettings.NODE_ID),
                new Timing(settings.get(ZOOKEEPER_SESSION_TIMEOUT_MS), settings.get(ZOOKEEPER_CONNECTION_TIMEOUT_MS)),
                new Security(settings.find(ZOOKEEPER_DIGEST), settings.get(ZOOKEEPER_SET_ACL), tls(settings)),
                Truncation.DEFAULT);
    }

    private static Map<String, String> tls(Settings settings) {
        Map<String, String> client = new HashMap<>();
        if (settings.get(ZOOKEEPER_SSL_CLIENT_ENABLE)) {
            TLS_TEXTS.forEach((setting, name) -> settings.find(setting).ifPresent(text -> client.put(name, text)));
            TLS_LISTS.forEach((setting, name) -> {
                if (!settings.get(setting).isEmpty()) {
                    client.put(name, String.join(",", settings.get(setting)));
                }
            });
            boolean isNameChecked = settings.get(ZOOKEEPER_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM)
                    .equalsIgnoreCase("HTTPS");
            client.put("zookeeper.ssl.hostnameVerification", Boolean.toString(isNameChecked));
        }
        return client;
    }
}
