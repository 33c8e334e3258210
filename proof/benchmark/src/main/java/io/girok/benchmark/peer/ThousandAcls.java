package io.girok.benchmark.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// ACLs for the topics of `girok bench`, most of them for others: what allows the load is one of a thousand.
final class ThousandAcls {
    private static final int COUNT = 1_000;
    private static final String TOPICS = "girok-bench-";

    private ThousandAcls() {}

    static void create(Map<String, Object> client) throws InterruptedException, ExecutionException {
        List<AclBinding> acls = new ArrayList<>();
        acls.add(acl(TOPICS, "User:ANONYMOUS", AclOperation.ALL));
        for (int i = 1; i < COUNT; i++) {
            String prefix = i % 2 == 0 ? TOPICS : TOPICS.substring(0, 1 + i % TOPICS.length());
            acls.add(acl(prefix, "User:other-" + i, AclOperation.WRITE));
        }
        try (Admin admin = Admin.create(client)) {
            admin.createAcls(acls).all().get();
        }
    }

    private static AclBinding acl(String prefix, String principal, AclOperation operation) {
        return new AclBinding(new ResourcePattern(ResourceType.TOPIC, prefix, PatternType.PREFIXED),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }
}
