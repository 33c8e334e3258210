package io.girok.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok acl remove`.
@Command(name = "remove",
        description = "Take ACLs away: those that are spelled out as for add, or without a principal all of the "
                + "resources that are named; prints what is gone.")
final class AclRemove implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    AclSpecification unwanted = new AclSpecification();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        List<AclBindingFilter> filters = filters();
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Set<AclBinding> gone = new LinkedHashSet<>(Answers.of(admin.deleteAcls(filters).all()));
            AclBindings.print(output, gone, json);
        }
    }

    private List<AclBindingFilter> filters() {
        if (unwanted.entries.arePrincipalsNamed()) {
            return unwanted.acls().stream().map(AclBinding::toFilter).toList();
        }
        if (unwanted.isForClients()) {
            throw Failure.usage("--producer and --consumer go with --allow-principal");
        }
        if (!unwanted.resources.areNamed()) {
            throw Failure.usage("whose ACLs is missing: --topic, --group, --cluster, --transactional-id, "
                    + "--delegation-token or --user-principal");
        }
        List<AclBindingFilter> filters = new ArrayList<>();
        for (ResourcePatternFilter resource : unwanted.resources.filters(PatternType.LITERAL)) {
            if (unwanted.entries.operations.isEmpty()) {
                filters.add(filter(resource, AclOperation.ANY));
            } else {
                unwanted.entries.operationsOn(resource.resourceType())
                        .forEach(operation -> filters.add(filter(resource, operation)));
            }
        }
        return filters;
    }

    private static AclBindingFilter filter(ResourcePatternFilter resource, AclOperation operation) {
        return new AclBindingFilter(resource, new AccessControlEntryFilter(null, null, operation,
                AclPermissionType.ANY));
    }
}
