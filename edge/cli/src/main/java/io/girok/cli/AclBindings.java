package io.girok.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/// ACLs as they are asked for and shown. Stateless.
final class AclBindings {
    private static final Comparator<AclBinding> ORDER = Comparator
            .comparing((AclBinding acl) -> acl.pattern().resourceType())
            .thenComparing(acl -> acl.pattern().name())
            .thenComparing(acl -> acl.pattern().patternType())
            .thenComparing(acl -> acl.entry().principal())
            .thenComparing(acl -> acl.entry().host())
            .thenComparing(acl -> acl.entry().permissionType())
            .thenComparing(acl -> acl.entry().operation());

    private AclBindings() {}

    /// All that any of the filters matches.
    static List<AclBinding> find(Admin admin, Collection<AclBindingFilter> filters) {
        return filters.stream()
                .flatMap(filter -> Answers.of(admin.describeAcls(filter).values()).stream())
                .distinct()
                .toList();
    }

    static void print(Output output, Collection<AclBinding> acls, boolean json) {
        List<AclBinding> sorted = acls.stream().sorted(ORDER).toList();
        if (json) {
            output.line(Json.of(sorted.stream().map(AclBindings::toJson).toList()));
            return;
        }
        Table table = Table.of("RESOURCE", "NAME", "PATTERN", "PRINCIPAL", "HOST", "PERMISSION", "OPERATION");
        sorted.forEach(acl -> table.row(acl.pattern().resourceType(), acl.pattern().name(),
                acl.pattern().patternType(), acl.entry().principal(), acl.entry().host(),
                acl.entry().permissionType(), acl.entry().operation()));
        table.print(output);
    }

    private static Object toJson(AclBinding acl) {
        return Json.object("resource", acl.pattern().resourceType().name(), "name", acl.pattern().name(), "pattern",
                acl.pattern().patternType().name(), "principal", acl.entry().principal(), "host", acl.entry().host(),
                "permission", acl.entry().permissionType().name(), "operation", acl.entry().operation().name());
    }
}
