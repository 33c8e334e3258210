package io.girok.security;

import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.ListenerSettings;
import io.girok.metadata.setting.SecuritySettings;
import io.girok.metadata.setting.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How connections to a listener are protected, and how its clients show who they are. Immutable.
///
/// @param tls present as the protocol says
/// @param sasl present as the protocol says
public record ListenerSecurity(SecurityProtocol protocol, Optional<TlsSettings> tls, Optional<SaslSettings> sasl) {
    /// Nothing is hidden, and nobody is asked who they are.
    public static final ListenerSecurity OPEN = new ListenerSecurity(SecurityProtocol.PLAINTEXT, Optional.empty(),
            Optional.empty());

    /// How this node reaches others.
    ///
    /// @param listener its name there
    /// @param login who it is to them
    public record BetweenNodes(String listener, SecurityProtocol protocol, Optional<TlsSettings> tls,
            Optional<SaslSettings.Login> login) {}

    /// Whether everybody who reaches the listener is let in, whoever they are.
    public boolean isOpenToAll() {
        return !protocol.isSasl()
                && tls.filter(each -> each.clientAuth() == TlsSettings.ClientAuth.REQUIRED).isEmpty();
    }

    /// @param names of the listeners, upper case
    /// @return the security of each, in the same order
    /// @throws InvalidSetting when a name has no protocol, or settings contradict each other
    public static Map<String, ListenerSecurity> of(Settings settings, List<String> names) {
        Map<String, SecurityProtocol> protocols = protocols(settings);
        for (String named : settings.listenersNamed()) {
            if (names.stream().noneMatch(name -> name.equalsIgnoreCase(named))) {
                throw new InvalidSetting("a setting begins with 'listener.name." + named
                        + ".', and 'listeners' has no '" + named.toUpperCase(Locale.ROOT) + "'; allowed: " + names);
            }
            if (!named.equals(named.toLowerCase(Locale.ROOT))) {
                throw new InvalidSetting(
                        "a setting begins with 'listener.name." + named + ".'; allowed: in lower case, "
                                + "'listener.name." + named.toLowerCase(Locale.ROOT) + ".'");
            }
        }
        Map<String, ListenerSecurity> securities = new LinkedHashMap<>();
        for (String name : names) {
            SecurityProtocol protocol = protocols.get(name);
            if (protocol == null) {
                throw new InvalidSetting("setting 'listeners' has '" + name + "', for which "
                        + "'listener.security.protocol.map' has no protocol; allowed: " + protocols.keySet());
            }
            securities.put(name,
                    protocol == SecurityProtocol.PLAINTEXT ? OPEN : of(name, protocol, settings.at(name)));
        }
        return securities;
    }

    private static ListenerSecurity of(String name, SecurityProtocol protocol, ListenerSettings settings) {
        String where = "listener '" + name + "'";
        Optional<TlsSettings> tls = protocol.isTls()
                ? Optional.of(TlsSettings.of(where, settings, protocol.isSasl()))
                : Optional.empty();
        if (tls.isPresent() && tls.get().own().isEmpty()) {
            throw new InvalidSetting(where + " speaks " + protocol + " and has no certificate; allowed: with "
                    + "'ssl.keystore.location', or 'ssl.keystore.certificate.chain' and 'ssl.keystore.key'");
        }
        return new ListenerSecurity(protocol, tls,
                protocol.isSasl() ? Optional.of(SaslSettings.of(where, settings)) : Optional.empty());
    }

    private static Map<String, SecurityProtocol> protocols(Settings settings) {
        Map<String, SecurityProtocol> protocols = new LinkedHashMap<>();
        for (String entry : settings.get(SecuritySettings.LISTENER_SECURITY_PROTOCOL_MAP)) {
            String[] parts = entry.split(":", -1);
            SecurityProtocol protocol = parts.length == 2 ? protocol(parts[1]) : null;
            if (protocol == null || parts[0].isBlank()) {
                throw new InvalidSetting("setting 'listener.security.protocol.map' has '" + entry
                        + "'; allowed: NAME:PROTOCOL with PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL");
            }
            if (protocols.put(parts[0].strip().toUpperCase(Locale.ROOT), protocol) != null) {
                throw new InvalidSetting("setting 'listener.security.protocol.map' names '" + parts[0]
                        + "' twice; allowed: once");
            }
        }
        return protocols;
    }

    private static @org.jspecify.annotations.Nullable SecurityProtocol protocol(String name) {
        for (SecurityProtocol protocol : SecurityProtocol.values()) {
            if (protocol.name().equalsIgnoreCase(name.strip())) {
                return protocol;
            }
        }
        return null;
    }

    /// How this node reaches the others, who have the same listeners.
    ///
    /// @param securities of all listeners, the first one first
    /// @throws InvalidSetting when it is not said clearly
    public static BetweenNodes betweenNodes(Settings settings, Map<String, ListenerSecurity> securities) {
        String listener = interBrokerListener(settings, securities);
        ListenerSecurity security = securities.get(listener);
        if (security == null) {
            throw new InvalidSetting("setting 'inter.broker.listener.name' is '" + listener + "'; allowed: "
                    + securities.keySet());
        }
        return new BetweenNodes(listener, security.protocol, security.tls,
                security.protocol.isSasl() ? Optional.of(login(settings, listener, security)) : Optional.empty());
    }

    private static String interBrokerListener(Settings settings, Map<String, ListenerSecurity> securities) {
        Optional<String> name = settings.find(SecuritySettings.INTER_BROKER_LISTENER_NAME);
        Optional<String> protocol = settings.find(SecuritySettings.SECURITY_INTER_BROKER_PROTOCOL);
        if (name.isPresent() && protocol.isPresent()) {
            throw new InvalidSetting("settings 'inter.broker.listener.name' and 'security.inter.broker.protocol' are "
                    + "both given; allowed: one of them");
        }
        if (protocol.isPresent()) {
            return securities.entrySet()
                    .stream()
                    .filter(entry -> entry.getValue().protocol.name().equals(protocol.get()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> new InvalidSetting("setting 'security.inter.broker.protocol' is '"
                            + protocol.get() + "', which no listener speaks; allowed: what one of "
                            + securities.keySet() + " speaks"));
        }
        return name.map(given -> given.toUpperCase(Locale.ROOT))
                .orElseGet(() -> securities.keySet().iterator().next());
    }

    private static SaslSettings.Login login(Settings settings, String listener, ListenerSecurity security) {
        List<String> offered = security.sasl.map(SaslSettings::mechanisms).orElse(List.of());
        String mechanism = settings.find(SecuritySettings.SASL_MECHANISM_INTER_BROKER_PROTOCOL)
                .orElseThrow(() -> new InvalidSetting("nodes reach each other at listener '" + listener
                        + "', which speaks " + security.protocol + ", and 'sasl.mechanism.inter.broker.protocol' is "
                        + "missing; allowed: one of " + offered));
        if (!offered.contains(mechanism)) {
            throw new InvalidSetting("setting 'sasl.mechanism.inter.broker.protocol' is '" + mechanism
                    + "', which listener '" + listener + "' does not offer; allowed: one of " + offered);
        }
        return SaslSettings.login(settings.at(listener), mechanism)
                .orElseThrow(() -> new InvalidSetting("nodes reach each other at listener '" + listener + "' by "
                        + mechanism + ", and 'sasl.jaas.config' does not say who this node is; allowed: with "
                        + "username=\"NAME\" and password=\"PASSWORD\", in the login module of that mechanism"));
    }
}
