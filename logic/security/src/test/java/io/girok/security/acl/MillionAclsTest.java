package io.girok.security.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.Acls;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A million ACLs: what they take, and that a decision does not look at them.
class MillionAclsTest {
    private static final int COUNT = 1_000_000;
    private static final int DECISIONS = 100_000;
    private static final long MAX_BYTES_PER_ACL = 700;

    /// Scans of a million each would take half an hour.
    @Test
    @Timeout(120)
    void aMillionAclsFitIntoMemoryAndNoDecisionScansThem() {
        long before = usedBytes();
        Acls acls = Acls.NONE;
        for (int i = 0; i < COUNT; i++) {
            AclPattern pattern = new AclPattern(AclResource.TOPIC, i % 10 == 0, "topic-" + i);
            acls = acls.plus(Acl.allow(pattern, "User:u" + i % 1_000, AclOperation.READ));
        }
        long bytesPerAcl = (usedBytes() - before) / COUNT;
        Acls all = acls;
        AclDecision decision = new AclDecision(all, new AclRules(Set.of(), false),
                new Caller(Principal.user("u7"), "10.0.0.1"));

        int allowed = 0;
        for (int i = 0; i < DECISIONS; i++) {
            allowed += decision.isAllowed(AclOperation.READ, AclResource.TOPIC, "topic-" + i) ? 1 : 0;
        }

        assertThat(all.size()).isEqualTo(COUNT);
        assertThat(allowed).isEqualTo(DECISIONS / 1_000);
        assertThat(bytesPerAcl).isLessThan(MAX_BYTES_PER_ACL);
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
