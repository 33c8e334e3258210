package io.girok.server;

import io.girok.metadata.Endpoint;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.ListenerSettings;
import io.girok.metadata.setting.SecuritySettings;
import io.girok.metadata.setting.Settings;
import io.girok.network.BoundListener;
import io.girok.network.ConnectionSettings;
import io.girok.network.Listener;
import io.girok.network.ListenerLimits;
import io.girok.network.NetworkSettings;
import io.girok.quorum.zookeeper.ZookeeperSettings;
import io.girok.security.ListenerSecurity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The checked settings in the words of the parts that are wired with them. Immutable.
final class ServerSettings {
    private static final long FRAME_STALL_MS = 30_000;

    private final Settings settings;
    private final List<ListenerAddress> listeners;
    private final List<ListenerAddress> advertised;
    private final List<ListenerAddress> httpListeners;
    private final Map<String, ListenerSecurity> securities;
    private final Optional<ListenerSecurity.BetweenNodes> betweenNodes;
    private final QuorumVoters voters;
    private final Optional<ZookeeperSettings> zookeeper;

    /// @throws InvalidSetting when listeners are malformed or contradict each other
    ServerSettings(Settings settings) {
        this.settings = settings;
        this.voters = QuorumVoters.parse(settings.get(BrokerSettings.CONTROLLER_QUORUM_VOTERS));
        this.zookeeper = settings.get(BrokerSettings.ZOOKEEPER_CONNECT).isEmpty()
                ? Optional.empty()
                : Optional.of(ZookeeperOptions.of(settings));
        checkRoles();
        this.listeners = ListenerAddress.parse("listeners", ListenerAddress.ANY_NAME,
                settings.get(BrokerSettings.LISTENERS));
        this.advertised = ListenerAddress.parse("advertised.listeners", ListenerAddress.ANY_NAME,
                settings.get(BrokerSettings.ADVERTISED_LISTENERS));
        this.httpListeners = ListenerAddress.parse("http.listeners", "HTTP",
                settings.get(BrokerSettings.HTTP_LISTENERS));
        this.securities = ListenerSecurity.of(settings, listeners.stream().map(ListenerAddress::name).toList());
        this.betweenNodes = isCluster()
                ? Optional.of(ListenerSecurity.betweenNodes(settings, securities))
                : Optional.empty();
        for (ListenerAddress address : advertised) {
            if (listeners.stream().noneMatch(listener -> listener.name().equals(address.name()))) {
                throw new InvalidSetting(
                        "setting 'advertised.listeners' has '" + address + "'; allowed: names that 'listeners' has");
            }
            if (address.isWildcard() || address.port() == 0) {
                throw new InvalidSetting(
                        "setting 'advertised.listeners' has '" + address
                                + "', which no client can connect to; allowed: a name or address, and a port, that "
                                + "clients reach this broker by");
            }
        }
    }

    Settings settings() {
        return settings;
    }

    private void checkRoles() {
        List<String> roles = settings.get(BrokerSettings.PROCESS_ROLES);
        if (zookeeper.isPresent() && roles.size() < 2) {
            throw new InvalidSetting("setting 'process.roles' is '" + roles.getFirst() + "' on node " + nodeId()
                    + "; allowed with 'zookeeper.connect': 'broker,controller', since every node may be elected");
        }
        if (isVoter() && !roles.contains("controller")) {
            throw new InvalidSetting("setting 'process.roles' is 'broker' on node " + nodeId()
                    + (voters.isCluster() ? ", which controller.quorum.voters names" : ", which is alone")
                    + "; allowed: with 'controller'");
        }
        if (!isVoter() && !isBroker()) {
            throw new InvalidSetting("setting 'process.roles' is 'controller' on node " + nodeId()
                    + ", which controller.quorum.voters does not name; allowed: with 'broker'");
        }
    }

    /// Whether this node has partitions.
    boolean isBroker() {
        return settings.get(BrokerSettings.PROCESS_ROLES).contains("broker");
    }

    /// Whether this node keeps the metadata log; others follow.
    boolean isVoter() {
        return voters.include(nodeId());
    }

    /// Whether this node votes, or can be made a voter.
    boolean mayVote() {
        return isVoter() || settings.get(BrokerSettings.PROCESS_ROLES).contains("controller");
    }

    /// Where the metadata are kept, unless it is by voters.
    Optional<ZookeeperSettings> zookeeper() {
        return zookeeper;
    }

    /// Whether there may be other nodes.
    boolean isCluster() {
        return voters.isCluster() || zookeeper.isPresent();
    }

    /// Whom this node needs to know what the cluster decides, for messages.
    String quorumText() {
        return zookeeper.map(ensemble -> "the ZooKeeper servers " + ensemble.servers())
                .orElseGet(() -> "the voters " + voters.byId());
    }

    QuorumVoters voters() {
        return voters;
    }

    int nodeId() {
        return settings.get(BrokerSettings.NODE_ID);
    }

    List<ListenerAddress> listenerAddresses() {
        return listeners;
    }

    List<ListenerAddress> httpListeners() {
        return httpListeners;
    }

    /// How the listener of that name is protected.
    ListenerSecurity security(String listener) {
        return Objects.requireNonNull(securities.get(listener));
    }

    /// How this node reaches others, if there may be some.
    Optional<ListenerSecurity.BetweenNodes> betweenNodes() {
        return betweenNodes;
    }

    /// The listener at which nodes reach each other.
    String nodesListener() {
        return betweenNodes.map(ListenerSecurity.BetweenNodes::listener).orElseGet(() -> listeners.getFirst().name());
    }

    List<Listener> listeners(Doors doors) {
        return listeners.stream()
                .map(address -> new Listener(address.name(), address.host(), address.port(),
                        doors.guard(address.name()), limits(address.name())))
                .toList();
    }

    private ListenerLimits limits(String listener) {
        ListenerSettings own = settings.at(listener);
        return new ListenerLimits(own.own(SecuritySettings.MAX_CONNECTIONS).orElse(ListenerLimits.NONE.max()),
                own.own(SecuritySettings.MAX_CONNECTION_CREATION_RATE).orElse(ListenerLimits.NONE.maxPerSecond()),
                betweenNodes.isPresent() && 1 < listeners.size() && listener.equals(nodesListener()));
    }

    /// What clients are told: the advertised address, or, of a node that is alone, none, so that each hears the one it
    /// used. In a cluster, clients hear of a broker from others as well.
    List<Endpoint> endpoints(List<BoundListener> bound) {
        return bound.stream().map(this::endpoint).toList();
    }

    private Endpoint endpoint(BoundListener bound) {
        for (ListenerAddress address : advertised) {
            if (address.name().equals(bound.name())) {
                return new Endpoint(address.name(), address.host(), address.port());
            }
        }
        return new Endpoint(bound.name(), isCluster() ? ownHost(bound.name()) : "", bound.address().getPort());
    }

    private String ownHost(String listener) {
        return listeners.stream()
                .filter(address -> address.name().equals(listener) && !address.isWildcard())
                .map(ListenerAddress::host)
                .findFirst()
                .orElseGet(ServerSettings::machineName);
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            throw new InvalidSetting(
                    "setting 'advertised.listeners' is missing: other machines must be told where this "
                            + "broker listens, and this machine's name does not resolve (" + e.getMessage()
                            + "); allowed: a name or address, and a port, that clients reach this broker by");
        }
    }

    List<Path> logDirectories() {
        return settings.get(BrokerSettings.LOG_DIRS)
                .stream()
                .map(directory -> Path.of(directory).toAbsolutePath().normalize())
                .distinct()
                .toList();
    }

    int shardCount() {
        int given = settings.get(BrokerSettings.NUM_NETWORK_THREADS);
        return given == 0 ? Runtime.getRuntime().availableProcessors() : given;
    }

    NetworkSettings network() {
        return NetworkSettings.DEFAULTS
                .withRequestBytes(
                        settings.get(BrokerSettings.SOCKET_REQUEST_MAX_BYTES),
                        settings.get(BrokerSettings.QUEUED_MAX_REQUEST_BYTES))
                .withFailedAuthenticationDelay(
                        settings.get(SecuritySettings.CONNECTION_FAILED_AUTHENTICATION_DELAY_MS))
                .withConnections(connections())
                .withTimeouts(settings.get(BrokerSettings.CONNECTIONS_MAX_IDLE_MS), FRAME_STALL_MS);
    }

    private ConnectionSettings connections() {
        Map<InetAddress, Integer> overrides = new HashMap<>();
        for (String override : settings.get(BrokerSettings.MAX_CONNECTIONS_PER_IP_OVERRIDES)) {
            int colon = override.lastIndexOf(':');
            try {
                overrides.put(InetAddress.getByName(override.substring(0, Math.max(0, colon)).strip()),
                        Integer.parseUnsignedInt(override.substring(colon + 1).strip()));
            } catch (UnknownHostException | NumberFormatException e) {
                throw new InvalidSetting("setting 'max.connections.per.ip.overrides' has '" + override
                        + "'; allowed: an address or a name that resolves, a colon, and a number");
            }
        }
        return new ConnectionSettings(settings.get(SecuritySettings.MAX_CONNECTIONS),
                settings.get(BrokerSettings.MAX_CONNECTIONS_PER_IP), overrides,
                settings.get(SecuritySettings.MAX_CONNECTION_CREATION_RATE));
    }
}
