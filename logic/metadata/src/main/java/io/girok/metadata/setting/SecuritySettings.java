package io.girok.metadata.setting;

import io.girok.base.Secret;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The broker's settings that say who is let in at which listener, and how this broker shows itself to others: a part
/// of the table of [BrokerSettings]. Immutable.
///
/// Most of them may be given for one listener alone (`listener.name.internal.ssl.keystore.location`), some for one
/// mechanism of it (`listener.name.internal.plain.sasl.jaas.config`).
public final class SecuritySettings {
    static final String LISTENER_PREFIX = "listener.name.";
    private static final Map<String, Setting<?>> ALL = new LinkedHashMap<>();
    private static final String PROTOCOLS = "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL";
    /// As Kafka has it, and without the package that it once was in.
    private static final String[] TOKEN_VALIDATORS = {
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
        "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerValidatorCallbackHandler"};
    private static final String PRINCIPAL_BUILDER = "org.apache.kafka.common.security.authenticator."
            + "DefaultKafkaPrincipalBuilder";

    public static final Setting<List<String>> LISTENER_SECURITY_PROTOCOL_MAP = add(
            Setting.of("listener.security.protocol.map",
                    ValueType.list("NAME:PROTOCOL, separated by commas, with " + PROTOCOLS, 1),
                    "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
                    "What is spoken at the listener of each name."));
    public static final Setting<String> INTER_BROKER_LISTENER_NAME = add(
            Setting.optional("inter.broker.listener.name", ValueType.text("a name that 'listeners' has"),
                    "The listener at which nodes reach each other; without it, that of "
                            + "security.inter.broker.protocol."));
    public static final Setting<String> SECURITY_INTER_BROKER_PROTOCOL = add(
            Setting.optional("security.inter.broker.protocol",
                    ValueType.words("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
                    "What nodes speak among each other, if inter.broker.listener.name does not say it; without "
                            + "both, what is spoken at the first of 'listeners', where Apache Kafka takes PLAINTEXT."));

    public static final Setting<Integer> MAX_CONNECTIONS = add(
            Setting.of("max.connections", ValueType.ints(1, Integer.MAX_VALUE), "2147483647",
                    "How many connections may be open at a time; one more is closed at once. Those of the listener at "
                            + "which nodes reach each other are counted and let in, if there are others."));
    public static final Setting<Integer> MAX_CONNECTION_CREATION_RATE = add(
            Setting.of("max.connection.creation.rate", ValueType.ints(1, Integer.MAX_VALUE), "2147483647",
                    "How many connections are begun in a second; what comes faster is kept waiting."));

    public static final Setting<String> SSL_KEYSTORE_TYPE = add(
            Setting.of("ssl.keystore.type", ValueType.words("JKS", "PKCS12", "PEM"), "JKS",
                    "Of the broker's key and certificate; JKS reads PKCS12 as well."));
    public static final Setting<String> SSL_KEYSTORE_LOCATION = add(
            Setting.optional("ssl.keystore.location", ValueType.text("a file"),
                    "The broker's key and certificate chain."));
    public static final Setting<Secret> SSL_KEYSTORE_PASSWORD = add(
            Setting.optional("ssl.keystore.password", ValueType.password("any text"),
                    "Of ssl.keystore.location; not for PEM."));
    public static final Setting<Secret> SSL_KEY_PASSWORD = add(
            Setting.optional("ssl.key.password", ValueType.password("any text"),
                    "Of the key in ssl.keystore.location or ssl.keystore.key; without it, the store's."));
    public static final Setting<Secret> SSL_KEYSTORE_KEY = add(
            Setting.optional("ssl.keystore.key", ValueType.password("a PEM text"),
                    "The broker's key in PKCS 8, in place of ssl.keystore.location."));
    public static final Setting<String> SSL_KEYSTORE_CERTIFICATE_CHAIN = add(
            Setting.optional("ssl.keystore.certificate.chain", ValueType.secret("a PEM text"),
                    "The broker's certificate and those above it, in place of ssl.keystore.location."));
    public static final Setting<String> SSL_TRUSTSTORE_TYPE = add(
            Setting.of("ssl.truststore.type", ValueType.words("JKS", "PKCS12", "PEM"), "JKS",
                    "Of the certificates that clients and other brokers are known by; JKS reads PKCS12 as well."));
    public static final Setting<String> SSL_TRUSTSTORE_LOCATION = add(
            Setting.optional("ssl.truststore.location", ValueType.text("a file"),
                    "The certificates that clients and other brokers are known by; without any, the JDK's."));
    public static final Setting<Secret> SSL_TRUSTSTORE_PASSWORD = add(
            Setting.optional("ssl.truststore.password", ValueType.password("any text"),
                    "Of ssl.truststore.location; without it, the store is read unchecked."));
    public static final Setting<String> SSL_TRUSTSTORE_CERTIFICATES = add(
            Setting.optional("ssl.truststore.certificates", ValueType.secret("a PEM text"),
                    "The certificates that clients and other brokers are known by, in place of "
                            + "ssl.truststore.location."));
    public static final Setting<String> SSL_PROTOCOL = add(
            Setting.of("ssl.protocol", ValueType.words("TLSv1.3", "TLSv1.2", "TLS"), "TLSv1.3",
                    "The highest version of TLS."));
    public static final Setting<List<String>> SSL_ENABLED_PROTOCOLS = add(
            Setting.of("ssl.enabled.protocols", ValueType.list("TLSv1.2, TLSv1.3, or both", 1, "TLSv1.2", "TLSv1.3"),
                    "TLSv1.2,TLSv1.3", "The versions of TLS that are agreed to."));
    public static final Setting<List<String>> SSL_CIPHER_SUITES = add(
            Setting.of("ssl.cipher.suites", ValueType.list("cipher suites, separated by commas", 0), "",
                    "The cipher suites that are agreed to; empty: the engine's choice."));
    public static final Setting<String> SSL_PROVIDER = add(
            Setting.optional("ssl.provider", ValueType.words("OpenSSL", "SunJSSE"),
                    "Whose TLS is spoken: OpenSSL's or the JDK's (SunJSSE); without it, OpenSSL's where its library "
                            + "is there."));
    public static final Setting<String> SSL_KEYMANAGER_ALGORITHM = add(
            Setting.of("ssl.keymanager.algorithm", ValueType.words("SunX509", "PKIX"), "SunX509",
                    "How the key of a JKS or PKCS12 file is chosen."));
    public static final Setting<String> SSL_TRUSTMANAGER_ALGORITHM = add(
            Setting.of("ssl.trustmanager.algorithm", ValueType.words("PKIX", "SunX509"), "PKIX",
                    "How chains of certificates are checked against a JKS or PKCS12 file."));
    public static final Setting<String> SSL_CLIENT_AUTH = add(
            Setting.of("ssl.client.auth", ValueType.words("none", "requested", "required"), "none",
                    "Whether clients show a certificate. With SASL_SSL it counts if given for the listener only."));
    public static final Setting<String> SSL_ENDPOINT_IDENTIFICATION_ALGORITHM = add(
            Setting.of("ssl.endpoint.identification.algorithm", ValueType.text("https, or nothing"), "https",
                    "Whether another broker's certificate must be for the name it is reached by: https, yes; "
                            + "empty, no."));
    public static final Setting<String> SSL_PRINCIPAL_MAPPING_RULES = add(
            Setting.of("ssl.principal.mapping.rules",
                    ValueType.text("RULE:PATTERN/REPLACEMENT/[L|U] or DEFAULT, separated by commas"), "DEFAULT",
                    "Who a client is by the name in its certificate; the first rule that fits counts."));
    public static final Setting<String> PRINCIPAL_BUILDER_CLASS = add(
            Setting.optional("principal.builder.class", ValueType.words(PRINCIPAL_BUILDER),
                    "Kafka's own builder of principals; who a client is is always found its way, with or without it."));

    public static final Setting<List<String>> SASL_ENABLED_MECHANISMS = add(
            Setting.of("sasl.enabled.mechanisms",
                    ValueType.list("some of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER", 0, "PLAIN",
                            "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"),
                    "", "How clients may show who they are. There is no GSSAPI, which is Apache Kafka's default."));
    public static final Setting<String> SASL_MECHANISM_INTER_BROKER_PROTOCOL = add(
            Setting.optional("sasl.mechanism.inter.broker.protocol",
                    ValueType.words("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
                    "How this broker shows to others who it is."));
    public static final Setting<Secret> SASL_JAAS_CONFIG = add(
            Setting.optional("sasl.jaas.config", ValueType.password("MODULE required NAME=\"VALUE\" ... ;"),
                    "Who the broker itself is (username, password), and for PLAIN who others are (user_NAME)."));
    public static final Setting<Integer> SASL_SERVER_MAX_RECEIVE_SIZE = add(
            Setting.of("sasl.server.max.receive.size", ValueType.ints(1024, Integer.MAX_VALUE), "524288",
                    "The size of the largest request before a client has shown who it is, in bytes."));
    public static final Setting<Long> CONNECTIONS_MAX_REAUTH_MS = add(
            Setting.of("connections.max.reauth.ms", ValueType.longs(0, Long.MAX_VALUE), "0",
                    "After how long a client must show again who it is, in milliseconds; 0: never."));
    public static final Setting<Integer> CONNECTION_FAILED_AUTHENTICATION_DELAY_MS = add(
            Setting.of("connection.failed.authentication.delay.ms", ValueType.ints(0, 60_000), "100",
                    "How long the answer is held back that a client is not let in, in milliseconds."));
    public static final Setting<String> SASL_SERVER_CALLBACK_HANDLER_CLASS = add(
            Setting.optional("sasl.server.callback.handler.class", ValueType.words(TOKEN_VALIDATORS),
                    "Kafka's validator of tokens; tokens are always validated here, with or without it."));
    public static final Setting<String> SASL_OAUTHBEARER_JWKS_ENDPOINT_URL = add(
            Setting.optional("sasl.oauthbearer.jwks.endpoint.url", ValueType.text("a URL: https:, http: or file:"),
                    "Where the keys are with which tokens are signed."));
    public static final Setting<Long> SASL_OAUTHBEARER_JWKS_ENDPOINT_REFRESH_MS = add(
            Setting.of("sasl.oauthbearer.jwks.endpoint.refresh.ms", ValueType.longs(100, Long.MAX_VALUE), "3600000",
                    "How often the keys are read again, in milliseconds; at once when a token names one that is "
                            + "not known, but not more often than every ten seconds."));
    public static final Setting<List<String>> SASL_OAUTHBEARER_EXPECTED_AUDIENCE = add(
            Setting.of("sasl.oauthbearer.expected.audience", ValueType.list("texts, separated by commas", 0), "",
                    "For whom a token must be; needed, unless sasl.oauthbearer.allow.unverified.audience is true."));
    public static final Setting<String> SASL_OAUTHBEARER_EXPECTED_ISSUER = add(
            Setting.optional("sasl.oauthbearer.expected.issuer", ValueType.text("any text"),
                    "By whom a token must be; needed, unless sasl.oauthbearer.allow.unverified.issuer is true."));
    public static final Setting<Boolean> SASL_OAUTHBEARER_ALLOW_UNVERIFIED_AUDIENCE = add(
            Setting.of("sasl.oauthbearer.allow.unverified.audience", ValueType.booleans(), "false",
                    "Whether sasl.oauthbearer.expected.audience may be missing, and tokens for others are taken."));
    public static final Setting<Boolean> SASL_OAUTHBEARER_ALLOW_UNVERIFIED_ISSUER = add(
            Setting.of("sasl.oauthbearer.allow.unverified.issuer", ValueType.booleans(), "false",
                    "Whether sasl.oauthbearer.expected.issuer may be missing, and it does not matter by whom a token "
                            + "is."));
    public static final Setting<String> SASL_OAUTHBEARER_SUB_CLAIM_NAME = add(
            Setting.of("sasl.oauthbearer.sub.claim.name", ValueType.text("a claim's name"), "sub",
                    "The claim of a token that says who the client is."));
    public static final Setting<Integer> SASL_OAUTHBEARER_CLOCK_SKEW_SECONDS = add(
            Setting.of("sasl.oauthbearer.clock.skew.seconds", ValueType.ints(0, 3600), "30",
                    "How far the clock of whoever made a token may be off, in seconds."));

    public static final Setting<Secret> DELEGATION_TOKEN_SECRET_KEY = add(
            Setting.optional("delegation.token.secret.key", ValueType.password("any text"),
                    "What delegation tokens are made from and known by, the same on all nodes; without it, there are "
                            + "none."));
    public static final Setting<Long> DELEGATION_TOKEN_MAX_LIFETIME_MS = add(
            Setting.of("delegation.token.max.lifetime.ms", ValueType.longs(1, Long.MAX_VALUE), "604800000",
                    "For how long a delegation token can be renewed, in milliseconds."));
    public static final Setting<Long> DELEGATION_TOKEN_EXPIRY_TIME_MS = add(
            Setting.of("delegation.token.expiry.time.ms", ValueType.longs(1, Long.MAX_VALUE), "86400000",
                    "For how long a delegation token can be used before it must be renewed, in milliseconds."));
    public static final Setting<Long> DELEGATION_TOKEN_EXPIRY_CHECK_INTERVAL_MS = add(
            Setting.of("delegation.token.expiry.check.interval.ms", ValueType.longs(1, Long.MAX_VALUE), "3600000",
                    "How often delegation tokens that are over are removed, in milliseconds."));

    private static final Set<Setting<?>> NOT_BY_LISTENER = Set.of(LISTENER_SECURITY_PROTOCOL_MAP,
            INTER_BROKER_LISTENER_NAME, SECURITY_INTER_BROKER_PROTOCOL, SASL_MECHANISM_INTER_BROKER_PROTOCOL,
            CONNECTION_FAILED_AUTHENTICATION_DELAY_MS, DELEGATION_TOKEN_SECRET_KEY, DELEGATION_TOKEN_MAX_LIFETIME_MS,
            DELEGATION_TOKEN_EXPIRY_TIME_MS, DELEGATION_TOKEN_EXPIRY_CHECK_INTERVAL_MS);
    private static final Set<Setting<?>> BY_MECHANISM = Set.of(SASL_JAAS_CONFIG, CONNECTIONS_MAX_REAUTH_MS,
            SASL_SERVER_CALLBACK_HANDLER_CLASS);
    private static final List<String> MECHANISMS = List.of("plain", "scram-sha-256", "scram-sha-512", "oauthbearer");

    private SecuritySettings() {}

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.put(setting.name(), setting);
        return setting;
    }

    static Collection<Setting<?>> all() {
        return ALL.values();
    }

    /// The setting that has this name, with or without a listener and a mechanism before it.
    static @Nullable Setting<?> find(String name) {
        if (!name.startsWith(LISTENER_PREFIX)) {
            return ALL.get(name);
        }
        int end = name.indexOf('.', LISTENER_PREFIX.length());
        if (end < 0) {
            return null;
        }
        String rest = name.substring(end + 1);
        Setting<?> setting = ALL.get(rest);
        if (setting != null) {
            return NOT_BY_LISTENER.contains(setting) ? null : setting;
        }
        for (String mechanism : MECHANISMS) {
            if (rest.startsWith(mechanism + ".")) {
                Setting<?> ofMechanism = ALL.get(rest.substring(mechanism.length() + 1));
                return ofMechanism != null && BY_MECHANISM.contains(ofMechanism) ? ofMechanism : null;
            }
        }
        return null;
    }

    /// The setting's name when it is given for one listener.
    static String nameAt(String listener, Setting<?> setting) {
        return LISTENER_PREFIX + listener.toLowerCase(Locale.ROOT) + "." + setting.name();
    }

    /// The setting's name when it is given for one mechanism of one listener.
    static String nameAt(String listener, String mechanism, Setting<?> setting) {
        return LISTENER_PREFIX + listener.toLowerCase(Locale.ROOT) + "." + mechanism.toLowerCase(Locale.ROOT) + "."
                + setting.name();
    }
}
