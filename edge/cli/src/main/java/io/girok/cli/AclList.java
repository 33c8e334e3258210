package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok acl list`.
@Command(name = "list", description = "List the ACLs, all of them or those of some resources or principals.")
final class AclList implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    AclResources resources = new AclResources();

    @Option(names = "--principal", paramLabel = "User:NAME", description = "Only ACLs about this principal.")
    List<String> principals = new ArrayList<>();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        List<AclBindingFilter> filters = new ArrayList<>();
        for (ResourcePatternFilter resource : resources.filters(PatternType.ANY)) {
            if (principals.isEmpty()) {
                filters.add(filter(resource, null));
            }
            principals.forEach(principal -> filters.add(filter(resource, principal)));
        }
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            AclBindings.print(output, AclBindings.find(admin, filters), json);
        }
    }

    private static AclBindingFilter filter(ResourcePatternFilter resource, @Nullable String principal) {
        return new AclBindingFilter(resource, new AccessControlEntryFilter(principal, null, AclOperation.ANY,
                AclPermissionType.ANY));
    }
}
