package io.girok.security;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.ListenerSettings;
import io.girok.metadata.setting.SecuritySettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How TLS is spoken at a listener. Immutable.
///
/// @param own the key and certificate that are shown
/// @param trusted whom other certificates must come from; empty: the JDK's authorities
/// @param protocols versions, `TLSv1.3`
/// @param cipherSuites empty: the engine's choice
/// @param engine whose TLS it is
/// @param clientAuth whether clients show a certificate
/// @param isHostVerified whether a server's certificate must be for the name it is reached by
/// @param principalMapping who a client's certificate makes it
public record TlsSettings(Optional<OwnKey> own, Optional<Trust> trusted, List<String> protocols,
        List<String> cipherSuites, Engine engine, ClientAuth clientAuth, boolean isHostVerified,
        PrincipalMapping principalMapping) {
    private static final String PEM = "PEM";

    /// Whether clients show a certificate.
    public enum ClientAuth {
        NONE, REQUESTED, REQUIRED
    }

    /// Whose TLS is spoken.
    public enum Engine {
        /// OpenSSL's where its library is there, the JDK's otherwise.
        FASTEST, OPENSSL, JDK
    }

    /// Where a key and its certificates are.
    public sealed interface OwnKey {
        /// A JKS or PKCS12 file.
        ///
        /// @param algorithm how the key is chosen
        record Store(String file, String type, Optional<Secret> password, Optional<Secret> keyPassword,
                String algorithm)
                implements
                    OwnKey {}

        /// A PEM file with key and certificates.
        record PemFile(String file, Optional<Secret> keyPassword) implements OwnKey {}

        /// PEM texts.
        record PemText(String chain, Secret key, Optional<Secret> keyPassword) implements OwnKey {}
    }

    /// Where certificates are that are trusted.
    public sealed interface Trust {
        /// A JKS or PKCS12 file.
        ///
        /// @param algorithm how chains are checked
        record Store(String file, String type, Optional<Secret> password, String algorithm) implements Trust {}

        /// A PEM file.
        record PemFile(String file) implements Trust {}

        /// A PEM text.
        record PemText(String certificates) implements Trust {}
    }

    public TlsSettings {
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
    }

    /// @param where the listener, for messages
    /// @throws InvalidSetting when settings contradict each other
    static TlsSettings of(String where, ListenerSettings settings, boolean isSasl) {
        // As in Apache Kafka: what is given for all is meant for listeners where certificates say who clients are.
        String clientAuth = isSasl
                ? settings.own(SecuritySettings.SSL_CLIENT_AUTH).orElse("none")
                : settings.get(SecuritySettings.SSL_CLIENT_AUTH);
        return new TlsSettings(own(where, settings), trust(where, settings), protocols(where, settings),
                settings.get(SecuritySettings.SSL_CIPHER_SUITES), engine(settings),
                ClientAuth.valueOf(clientAuth.toUpperCase(java.util.Locale.ROOT)), isHostVerified(settings),
                PrincipalMapping.parse(settings.get(SecuritySettings.SSL_PRINCIPAL_MAPPING_RULES)));
    }

    private static Engine engine(ListenerSettings settings) {
        return switch (settings.find(SecuritySettings.SSL_PROVIDER).orElse("")) {
            case "OpenSSL" -> Engine.OPENSSL;
            case "SunJSSE" -> Engine.JDK;
            default -> Engine.FASTEST;
        };
    }

    private static boolean isHostVerified(ListenerSettings settings) {
        String algorithm = settings.get(SecuritySettings.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM);
        if (!algorithm.isEmpty() && !algorithm.equalsIgnoreCase("https")) {
            throw new InvalidSetting("setting 'ssl.endpoint.identification.algorithm' is '" + algorithm
                    + "'; allowed: https, or nothing");
        }
        return !algorithm.isEmpty();
    }

    private static List<String> protocols(String where, ListenerSettings settings) {
        List<String> protocols = new ArrayList<>(settings.get(SecuritySettings.SSL_ENABLED_PROTOCOLS));
        if (settings.get(SecuritySettings.SSL_PROTOCOL).equals("TLSv1.2")) {
            protocols.remove("TLSv1.3");
        }
        if (protocols.isEmpty()) {
            throw new InvalidSetting(where + ": 'ssl.protocol' is 'TLSv1.2' and 'ssl.enabled.protocols' does not have "
                    + "it; allowed: with it");
        }
        return protocols;
    }

    private static Optional<OwnKey> own(String where, ListenerSettings settings) {
        Optional<String> file = settings.find(SecuritySettings.SSL_KEYSTORE_LOCATION);
        Optional<String> chain = settings.find(SecuritySettings.SSL_KEYSTORE_CERTIFICATE_CHAIN);
        Optional<Secret> key = settings.find(SecuritySettings.SSL_KEYSTORE_KEY);
        Optional<Secret> keyPassword = settings.find(SecuritySettings.SSL_KEY_PASSWORD);
        Optional<Secret> password = settings.find(SecuritySettings.SSL_KEYSTORE_PASSWORD);
        String type = settings.get(SecuritySettings.SSL_KEYSTORE_TYPE);
        if (chain.isPresent() != key.isPresent()) {
            throw new InvalidSetting(where + ": only one of 'ssl.keystore.key' and 'ssl.keystore.certificate.chain' is "
                    + "given; allowed: both or none");
        }
        if (chain.isPresent() && file.isPresent()) {
            throw new InvalidSetting(where + ": 'ssl.keystore.location' and 'ssl.keystore.key' are both given; "
                    + "allowed: one of them");
        }
        if (chain.isPresent() && !type.equals(PEM)) {
            throw new InvalidSetting(where + ": 'ssl.keystore.key' is given and 'ssl.keystore.type' is '" + type
                    + "'; allowed: PEM");
        }
        // One that is meant for the other listeners is passed over.
        boolean isForThisType = settings.own(SecuritySettings.SSL_KEYSTORE_PASSWORD).isPresent()
                || settings.own(SecuritySettings.SSL_KEYSTORE_TYPE).isEmpty();
        if (type.equals(PEM) && password.isPresent() && isForThisType) {
            throw new InvalidSetting(where + ": 'ssl.keystore.password' is given and 'ssl.keystore.type' is PEM; "
                    + "allowed: 'ssl.key.password', if the key is encrypted");
        }
        if (chain.isPresent()) {
            return Optional.of(new OwnKey.PemText(chain.get(), key.get(), keyPassword));
        }
        return file.map(location -> type.equals(PEM)
                ? new OwnKey.PemFile(location, keyPassword)
                : new OwnKey.Store(location, type, password, keyPassword,
                        settings.get(SecuritySettings.SSL_KEYMANAGER_ALGORITHM)));
    }

    private static Optional<Trust> trust(String where, ListenerSettings settings) {
        Optional<String> file = settings.find(SecuritySettings.SSL_TRUSTSTORE_LOCATION);
        Optional<String> certificates = settings.find(SecuritySettings.SSL_TRUSTSTORE_CERTIFICATES);
        String type = settings.get(SecuritySettings.SSL_TRUSTSTORE_TYPE);
        if (certificates.isPresent() && file.isPresent()) {
            throw new InvalidSetting(where + ": 'ssl.truststore.location' and 'ssl.truststore.certificates' are both "
                    + "given; allowed: one of them");
        }
        if (certificates.isPresent() && !type.equals(PEM)) {
            throw new InvalidSetting(where + ": 'ssl.truststore.certificates' is given and 'ssl.truststore.type' is '"
                    + type + "'; allowed: PEM");
        }
        if (certificates.isPresent()) {
            return Optional.of(new Trust.PemText(certificates.get()));
        }
        return file.map(location -> type.equals(PEM)
                ? new Trust.PemFile(location)
                : new Trust.Store(location, type, settings.find(SecuritySettings.SSL_TRUSTSTORE_PASSWORD),
                        settings.get(SecuritySettings.SSL_TRUSTMANAGER_ALGORITHM)));
    }
}
