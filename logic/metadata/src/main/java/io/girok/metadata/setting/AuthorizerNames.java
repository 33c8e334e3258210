package io.girok.metadata.setting;

/// What Apache Kafka calls its authorizers: settings of its brokers switch ours on.
final class AuthorizerNames {
    static final String STANDARD = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
    /// Of clusters on ZooKeeper.
    static final String OLD = "kafka.security.authorizer.AclAuthorizer";

    private AuthorizerNames() {}
}
