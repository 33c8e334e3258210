package io.girok.cli;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whose quotas a command is about. Owned by its command.
final class QuotaTarget {
    @Option(names = "--user", paramLabel = "NAME", description = "The user; with --client-id, that client of it.")
    @Nullable
    String user;

    @Option(names = "--user-default", description = "Every user that has no quota of its own.")
    boolean userDefault;

    @Option(names = "--client-id", paramLabel = "NAME", description = "The client id.")
    @Nullable
    String clientId;

    @Option(names = "--client-default", description = "Every client id that has no quota of its own.")
    boolean clientDefault;

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "The address that connections come from.")
    @Nullable
    String ip;

    @Option(names = "--ip-default", description = "Every address that has no quota of its own.")
    boolean ipDefault;

    /// By type; null stands for the default.
    Map<String, @Nullable String> names() {
        Map<String, @Nullable String> names = new HashMap<>();
        add(names, ClientQuotaEntity.USER, "--user", user, userDefault);
        add(names, ClientQuotaEntity.CLIENT_ID, "--client-id", clientId, clientDefault);
        add(names, ClientQuotaEntity.IP, "--ip", ip, ipDefault);
        return names;
    }

    ClientQuotaEntity entity() {
        Map<String, @Nullable String> names = names();
        if (names.isEmpty()) {
            throw Failure.usage("whose quota? Give --user, --client-id, both, or --ip, or the default of one");
        }
        return new ClientQuotaEntity(names);
    }

    private static void add(Map<String, @Nullable String> names, String type, String option, @Nullable String name,
            boolean isDefault) {
        if (name != null && isDefault) {
            throw Failure.usage("either " + option + " or its default, not both");
        }
        if (name != null || isDefault) {
            names.put(type, name);
        }
    }
}
