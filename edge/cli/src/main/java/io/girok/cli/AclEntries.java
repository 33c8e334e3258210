package io.girok.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine.Option;

/// The options that say who may do what, or may not. Owned by its command.
final class AclEntries {
    private static final String ANY_HOST = "*";
    /// What can be done to each kind of resource: an ACL about anything else has no effect.
    private static final Map<ResourceType, Set<AclOperation>> OPERATIONS = new EnumMap<>(Map.of(
            ResourceType.TOPIC,
            EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DELETE,
                    AclOperation.ALTER, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.GROUP,
            EnumSet.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.CLUSTER,
            EnumSet.of(AclOperation.CREATE, AclOperation.ALTER, AclOperation.DESCRIBE, AclOperation.CLUSTER_ACTION,
                    AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS, AclOperation.IDEMPOTENT_WRITE),
            ResourceType.TRANSACTIONAL_ID,
            EnumSet.of(AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.TWO_PHASE_COMMIT),
            ResourceType.DELEGATION_TOKEN, EnumSet.of(AclOperation.DESCRIBE),
            ResourceType.USER, EnumSet.of(AclOperation.CREATE_TOKENS, AclOperation.DESCRIBE_TOKENS)));

    @Option(names = "--allow-principal", paramLabel = "User:NAME", description = "Who may; User:* for everybody.")
    List<String> allowed = new ArrayList<>();

    @Option(names = "--deny-principal", paramLabel = "User:NAME",
            description = "Who may not, whatever else is allowed; User:* for everybody.")
    List<String> denied = new ArrayList<>();

    @Option(names = "--allow-host", paramLabel = "ADDRESS", description = "From where they may; by default anywhere.")
    List<String> allowedHosts = new ArrayList<>();

    @Option(names = "--deny-host", paramLabel = "ADDRESS",
            description = "From where they may not; by default anywhere.")
    List<String> deniedHosts = new ArrayList<>();

    @Option(names = "--operation", paramLabel = "OPERATION",
            description = "What: read, write, create, delete, alter, describe, cluster-action, describe-configs, "
                    + "alter-configs, idempotent-write, or all, which is the default.")
    List<String> operations = new ArrayList<>();

    boolean arePrincipalsNamed() {
        return !allowed.isEmpty() || !denied.isEmpty();
    }

    /// Those that are named, all of them by default; one that the resource does not have is a [Failure].
    Set<AclOperation> operationsOn(ResourceType resource) {
        Set<AclOperation> wanted = new LinkedHashSet<>();
        for (String text : operations) {
            AclOperation operation = parse(text);
            Set<AclOperation> possible = OPERATIONS.getOrDefault(resource, Set.of());
            if (operation != AclOperation.ALL && !possible.contains(operation)) {
                throw Failure.usage("--operation '" + text + "' can't be done to a " + name(resource)
                        + "; it has " + String.join(", ", possible.stream().map(AclEntries::name).toList()));
            }
            wanted.add(operation);
        }
        return wanted.isEmpty() ? Set.of(AclOperation.ALL) : wanted;
    }

    /// For everybody who is named, from everywhere that is.
    List<AccessControlEntry> entries(Set<AclOperation> wanted) {
        List<AccessControlEntry> entries = new ArrayList<>();
        for (AclOperation operation : wanted) {
            add(entries, allowed, allowedHosts, operation, AclPermissionType.ALLOW);
            add(entries, denied, deniedHosts, operation, AclPermissionType.DENY);
        }
        return entries;
    }

    private static void add(List<AccessControlEntry> entries, List<String> principals, List<String> hosts,
            AclOperation operation, AclPermissionType permission) {
        if (principals.isEmpty() && !hosts.isEmpty()) {
            throw Failure.usage("a host is given, but for nobody: who is missing");
        }
        for (String principal : principals) {
            if (principal.indexOf(':') <= 0 || principal.endsWith(":")) {
                throw Failure.usage("'" + principal + "' is not TYPE:NAME, like User:alice");
            }
            for (String host : hosts.isEmpty() ? List.of(ANY_HOST) : hosts) {
                entries.add(new AccessControlEntry(principal, host, operation, permission));
            }
        }
    }

    /// `DescribeConfigs`, as Kafka's tool writes it, is `describe-configs`.
    static AclOperation parse(String text) {
        String plain = text.replace("-", "").replace("_", "").toUpperCase(Locale.ROOT);
        for (AclOperation operation : AclOperation.values()) {
            boolean isOne = operation != AclOperation.ANY && operation != AclOperation.UNKNOWN;
            if (isOne && operation.name().replace("_", "").equals(plain)) {
                return operation;
            }
        }
        throw Failure.usage("--operation '" + text + "' is not known; 'girok acl add --help' lists them");
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
