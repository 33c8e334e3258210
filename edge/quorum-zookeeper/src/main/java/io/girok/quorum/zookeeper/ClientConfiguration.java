package io.girok.quorum.zookeeper;

import org.apache.zookeeper.client.ZKClientConfig;

/// The ZooKeeper client's own settings. Stateless.
final class ClientConfiguration {
    private ClientConfiguration() {}

    static ZKClientConfig of(Security security) {
        ZKClientConfig configuration = new ZKClientConfig();
        if (!security.tls().isEmpty()) {
            configuration.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            // The client's other kind of connection knows no TLS.
            configuration.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET,
                    "org.apache.zookeeper.ClientCnxnSocketNetty");
            security.tls().forEach(configuration::setProperty);
        }
        return configuration;
    }
}
