package io.girok.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that name resources. Owned by its command.
final class AclResources {
    @Option(names = "--topic", paramLabel = "NAME", description = "A topic; * for all.")
    List<String> topics = new ArrayList<>();

    @Option(names = "--group", paramLabel = "ID", description = "A consumer group; * for all.")
    List<String> groups = new ArrayList<>();

    @Option(names = "--cluster", description = "The cluster itself.")
    boolean cluster;

    @Option(names = "--transactional-id", paramLabel = "ID", description = "A transactional id; * for all.")
    List<String> transactionalIds = new ArrayList<>();

    @Option(names = "--delegation-token", paramLabel = "ID", description = "A delegation token; * for all.")
    List<String> delegationTokens = new ArrayList<>();

    @Option(names = "--user-principal", paramLabel = "NAME", description = "Whose delegation tokens; * for all.")
    List<String> userPrincipals = new ArrayList<>();

    @Option(names = "--resource-pattern-type", paramLabel = "TYPE",
            description = "How the names are meant: literal, or prefixed for all that begin so; to list or remove also "
                    + "match, for all ACLs that cover the name, or any.")
    @Nullable
    String patternType;

    boolean areNamed() {
        return 0 < named(PatternType.LITERAL).count();
    }

    /// The resources themselves, for new ACLs.
    List<ResourcePattern> patterns() {
        PatternType type = type(PatternType.LITERAL);
        if (!type.isSpecific()) {
            throw Failure.usage("--resource-pattern-type '" + patternType + "': a new ACL is literal or prefixed");
        }
        return named(type)
                .map(filter -> new ResourcePattern(filter.resourceType(), filter.name(), filter.patternType()))
                .toList();
    }

    /// What matches ACLs that are there; every resource when none is named.
    ///
    /// @param otherwise the type when none is given
    List<ResourcePatternFilter> filters(PatternType otherwise) {
        PatternType type = type(otherwise);
        return areNamed()
                ? named(type).toList()
                : List.of(new ResourcePatternFilter(ResourceType.ANY, null, type));
    }

    private Stream<ResourcePatternFilter> named(PatternType type) {
        // A beginning of the cluster's name means nothing.
        PatternType ofCluster = type == PatternType.PREFIXED ? PatternType.LITERAL : type;
        return Stream.of(named(ResourceType.TOPIC, topics, type), named(ResourceType.GROUP, groups, type),
                named(ResourceType.CLUSTER, cluster ? List.of(Resource.CLUSTER_NAME) : List.of(), ofCluster),
                named(ResourceType.TRANSACTIONAL_ID, transactionalIds, type),
                named(ResourceType.DELEGATION_TOKEN, delegationTokens, type),
                named(ResourceType.USER, userPrincipals.stream().map(AclResources::user).toList(), type))
                .flatMap(each -> each);
    }

    private static Stream<ResourcePatternFilter> named(ResourceType resource, List<String> names, PatternType type) {
        return names.stream().map(name -> {
            if (name.isEmpty()) {
                throw Failure.usage("the name of a resource must not be empty");
            }
            return new ResourcePatternFilter(resource, name, type);
        });
    }

    private static String user(String name) {
        return name.equals("*") || name.contains(":") ? name : "User:" + name;
    }

    private PatternType type(PatternType otherwise) {
        if (patternType == null) {
            return otherwise;
        }
        PatternType type = PatternType.fromString(patternType.toUpperCase(Locale.ROOT));
        if (type.isUnknown()) {
            throw Failure.usage("--resource-pattern-type '" + patternType + "' is not one of "
                    + String.join(", ", Arrays.stream(PatternType.values())
                            .filter(each -> !each.isUnknown())
                            .map(each -> each.name().toLowerCase(Locale.ROOT))
                            .toList()));
        }
        return type;
    }
}
