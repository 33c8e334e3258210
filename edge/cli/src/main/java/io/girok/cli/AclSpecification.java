package io.girok.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that spell out ACLs: resources, who may do what to them, and what a producer or a consumer needs. Owned
/// by its command.
final class AclSpecification {
    @Mixin
    AclResources resources = new AclResources();

    @Mixin
    AclEntries entries = new AclEntries();

    @Option(names = "--producer", description = "What a producer needs of the topics and transactional ids.")
    boolean producer;

    @Option(names = "--consumer", description = "What a consumer needs of the topics and groups.")
    boolean consumer;

    boolean isForClients() {
        return producer || consumer;
    }

    /// Every ACL that is meant.
    Set<AclBinding> acls() {
        if (!entries.arePrincipalsNamed()) {
            throw Failure.usage("who is missing: --allow-principal or --deny-principal");
        }
        List<ResourcePattern> patterns = resources.patterns();
        checkClients(patterns);
        if (patterns.isEmpty()) {
            throw Failure.usage("what is missing: --topic, --group, --cluster, --transactional-id, "
                    + "--delegation-token or --user-principal");
        }
        Set<AclBinding> acls = new LinkedHashSet<>();
        for (ResourcePattern pattern : patterns) {
            Set<AclOperation> wanted = isForClients()
                    ? clientOperations(pattern.resourceType())
                    : entries.operationsOn(pattern.resourceType());
            entries.entries(wanted).forEach(entry -> acls.add(new AclBinding(pattern, entry)));
        }
        return acls;
    }

    private void checkClients(List<ResourcePattern> patterns) {
        if (!isForClients()) {
            return;
        }
        if (!entries.operations.isEmpty() || !entries.denied.isEmpty()) {
            throw Failure.usage("--producer and --consumer go with --allow-principal, and name the operations "
                    + "themselves");
        }
        if (resources.topics.isEmpty()) {
            throw Failure.usage("--producer and --consumer go with --topic");
        }
        if (consumer && resources.groups.isEmpty()) {
            throw Failure.usage("--consumer goes with --group: a consumer reads as a member of one");
        }
        for (ResourcePattern pattern : patterns) {
            if (clientOperations(pattern.resourceType()).isEmpty()) {
                throw Failure.usage("neither a producer nor a consumer needs anything of '" + pattern.name() + "'");
            }
        }
    }

    private Set<AclOperation> clientOperations(ResourceType resource) {
        Set<AclOperation> wanted = new LinkedHashSet<>();
        if (producer && resource == ResourceType.TOPIC) {
            wanted.addAll(List.of(AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.CREATE));
        }
        if (producer && resource == ResourceType.TRANSACTIONAL_ID) {
            wanted.addAll(List.of(AclOperation.WRITE, AclOperation.DESCRIBE));
        }
        if (consumer && resource == ResourceType.TOPIC) {
            wanted.addAll(List.of(AclOperation.READ, AclOperation.DESCRIBE));
        }
        if (consumer && resource == ResourceType.GROUP) {
            wanted.add(AclOperation.READ);
        }
        return wanted;
    }
}
