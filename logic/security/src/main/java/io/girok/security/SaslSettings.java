package io.girok.security;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.ListenerSettings;
import io.girok.metadata.setting.SecuritySettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How clients show at a listener who they are. Immutable.
///
/// @param mechanisms that are offered
/// @param plainUsers passwords by user for PLAIN
/// @param ownScram who the nodes of this cluster are among each other, by SCRAM; let in without the metadata, which
/// nodes do not have before they have let each other in
/// @param requestMaxBytes of a request before the client has shown who it is
/// @param maxReauthMs by mechanism: after how long clients must show it again; 0: never
public record SaslSettings(List<String> mechanisms, Map<String, Secret> plainUsers, Optional<Login> ownScram,
        Optional<TokenSettings> tokens, int requestMaxBytes, Map<String, Long> maxReauthMs) {
    public static final String PLAIN = "PLAIN";
    public static final String SCRAM_256 = "SCRAM-SHA-256";
    public static final String SCRAM_512 = "SCRAM-SHA-512";
    public static final String OAUTHBEARER = "OAUTHBEARER";
    private static final String JAAS = "sasl.jaas.config";

    /// Who a node is to others.
    public record Login(String mechanism, String user, Secret password) {}

    /// Which tokens are taken.
    ///
    /// @param keysUrl where the keys are with which they are signed
    /// @param subjectClaim says who the client is
    public record TokenSettings(String keysUrl, long keysRefreshMs, List<String> audience, Optional<String> issuer,
            String subjectClaim, int clockSkewSeconds) {
        public TokenSettings {
            audience = List.copyOf(audience);
        }
    }

    public SaslSettings {
        mechanisms = List.copyOf(mechanisms);
        plainUsers = Map.copyOf(plainUsers);
        maxReauthMs = Map.copyOf(maxReauthMs);
    }

    /// @param where the listener, for messages
    /// @throws InvalidSetting when settings contradict each other
    static SaslSettings of(String where, ListenerSettings settings) {
        List<String> mechanisms = settings.get(SecuritySettings.SASL_ENABLED_MECHANISMS);
        if (mechanisms.isEmpty()) {
            throw new InvalidSetting(where + ": 'sasl.enabled.mechanisms' is missing; allowed: some of PLAIN, "
                    + "SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER");
        }
        Map<String, Secret> users = Map.of();
        if (mechanisms.contains(PLAIN)) {
            users = jaas(settings, PLAIN).map(JaasEntry::users).orElse(Map.of());
            if (users.isEmpty()) {
                throw new InvalidSetting(where + ": 'sasl.enabled.mechanisms' has PLAIN and nobody could show who they "
                        + "are; allowed: with users in 'sasl.jaas.config', as user_NAME=\"PASSWORD\"");
            }
        }
        Map<String, Long> maxReauthMs = new HashMap<>();
        mechanisms.forEach(mechanism -> maxReauthMs.put(mechanism,
                settings.find(mechanism, SecuritySettings.CONNECTIONS_MAX_REAUTH_MS).orElse(0L)));
        return new SaslSettings(mechanisms, users, ownScram(settings, mechanisms), tokens(where, settings, mechanisms),
                settings.get(SecuritySettings.SASL_SERVER_MAX_RECEIVE_SIZE), maxReauthMs);
    }

    private static Optional<JaasEntry> jaas(ListenerSettings settings, String mechanism) {
        return settings.find(mechanism, SecuritySettings.SASL_JAAS_CONFIG)
                .map(text -> JaasEntry.parse(JAAS, text))
                .filter(entry -> isFor(entry, mechanism));
    }

    /// A text for all mechanisms counts for that of its module only.
    private static boolean isFor(JaasEntry entry, String mechanism) {
        String module = entry.module().substring(entry.module().lastIndexOf('.') + 1);
        return switch (mechanism) {
            case PLAIN -> module.equals("PlainLoginModule");
            case OAUTHBEARER -> module.equals("OAuthBearerLoginModule");
            default -> module.equals("ScramLoginModule");
        };
    }

    private static Optional<Login> ownScram(ListenerSettings settings, List<String> mechanisms) {
        return mechanisms.stream()
                .filter(mechanism -> mechanism.startsWith("SCRAM"))
                .flatMap(mechanism -> login(settings, mechanism).stream())
                .findFirst();
    }

    /// Who this node is by a mechanism at that listener of the others.
    static Optional<Login> login(ListenerSettings settings, String mechanism) {
        Optional<JaasEntry> entry = jaas(settings, mechanism);
        Optional<String> user = entry.flatMap(given -> given.option("username")).map(Secret::reveal);
        Optional<Secret> password = entry.flatMap(given -> given.option("password"));
        return user.flatMap(name -> password.map(secret -> new Login(mechanism, name, secret)));
    }

    private static Optional<TokenSettings> tokens(String where, ListenerSettings settings, List<String> mechanisms) {
        if (!mechanisms.contains(OAUTHBEARER)) {
            return Optional.empty();
        }
        String url = settings.find(SecuritySettings.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL)
                .orElseThrow(() -> new InvalidSetting(where + ": 'sasl.enabled.mechanisms' has OAUTHBEARER and no "
                        + "token could be checked; allowed: with 'sasl.oauthbearer.jwks.endpoint.url'"));
        if (!url.matches("(?i)(https?://|file:).+")) {
            throw new InvalidSetting(where + ": 'sasl.oauthbearer.jwks.endpoint.url' is '" + url
                    + "'; allowed: a URL that begins with https://, http:// or file:");
        }
        List<String> audience = settings.get(SecuritySettings.SASL_OAUTHBEARER_EXPECTED_AUDIENCE);
        if (audience.isEmpty() && !settings.get(SecuritySettings.SASL_OAUTHBEARER_ALLOW_UNVERIFIED_AUDIENCE)) {
            throw unverified(where, "audience", "tokens for somebody else");
        }
        Optional<String> issuer = settings.find(SecuritySettings.SASL_OAUTHBEARER_EXPECTED_ISSUER);
        if (issuer.isEmpty() && !settings.get(SecuritySettings.SASL_OAUTHBEARER_ALLOW_UNVERIFIED_ISSUER)) {
            throw unverified(where, "issuer", "tokens by somebody else");
        }
        return Optional.of(new TokenSettings(url,
                settings.get(SecuritySettings.SASL_OAUTHBEARER_JWKS_ENDPOINT_REFRESH_MS), audience, issuer,
                settings.get(SecuritySettings.SASL_OAUTHBEARER_SUB_CLAIM_NAME),
                settings.get(SecuritySettings.SASL_OAUTHBEARER_CLOCK_SKEW_SECONDS)));
    }

    private static InvalidSetting unverified(String where, String what, String taken) {
        return new InvalidSetting(where + ": 'sasl.oauthbearer.expected." + what + "' is missing, and " + taken
                + " would be taken; allowed: with it, or with 'sasl.oauthbearer.allow.unverified." + what + "=true'");
    }
}
