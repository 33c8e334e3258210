package io.girok.security.acl;

import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.AclRights;
import io.girok.metadata.acl.AclSubject;
import io.girok.metadata.acl.Acls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a set of ACLs says about one caller who is no super user. Immutable.
///
/// An ACL is about the caller if it names the principal or `User:*`, and the host or `*`: four subjects to look up, one
/// after the other, under each pattern that covers the resource. Nothing is scanned, however many ACLs there are.
final class AclDecision {
    private final Acls acls;
    private final AclRules rules;
    private final List<Map<AclPattern, AclRights>> subjects;

    AclDecision(Acls acls, AclRules rules, Caller caller) {
        this.acls = acls;
        this.rules = rules;
        this.subjects = subjects(acls, caller);
    }

    private static List<Map<AclPattern, AclRights>> subjects(Acls acls, Caller caller) {
        List<Map<AclPattern, AclRights>> subjects = new ArrayList<>(4);
        for (String principal : List.of(caller.principal().toString(), AclSubject.ANY_PRINCIPAL)) {
            for (String host : List.of(caller.host(), AclSubject.ANY_HOST)) {
                Map<AclPattern, AclRights> rights = acls.of(new AclSubject(principal, host));
                if (!rights.isEmpty()) {
                    subjects.add(rights);
                }
            }
        }
        return subjects;
    }

    /// One ACL that denies outweighs any number that allow.
    boolean isAllowed(AclOperation operation, AclResource resource, String name) {
        List<AclPattern> covering = acls.covering(resource, name);
        if (covering.isEmpty()) {
            return rules.isOpenWithoutAcl();
        }
        boolean isAllowed = false;
        for (AclPattern pattern : covering) {
            for (Map<AclPattern, AclRights> subject : subjects) {
                AclRights rights = subject.get(pattern);
                if (rights != null) {
                    if (rights.denies(operation)) {
                        return false;
                    }
                    isAllowed |= rights.allows(operation);
                }
            }
        }
        return isAllowed;
    }

    /// An ACL that allows counts if none that denies covers all that it allows. What other operations imply does not
    /// count, as in Apache Kafka.
    boolean isAllowedOnSome(AclOperation operation, AclResource resource) {
        AclPattern wildcard = AclPattern.literal(resource, AclPattern.WILDCARD);
        if (denies(operation, wildcard)) {
            return false;
        }
        if (rules.isOpenWithoutAcl() && !acls.has(wildcard)) {
            return true;
        }
        for (Map<AclPattern, AclRights> subject : subjects) {
            for (Map.Entry<AclPattern, AclRights> entry : subject.entrySet()) {
                AclPattern pattern = entry.getKey();
                if (pattern.resource() == resource && entry.getValue().allowsExactly(operation)
                        && !isOutweighed(operation, pattern)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isOutweighed(AclOperation operation, AclPattern allowed) {
        if (!allowed.isPrefixed() && denies(operation, allowed)) {
            return true;
        }
        if (allowed.isWildcard()) {
            return false;
        }
        for (AclPattern prefix : acls.prefixesOf(allowed.resource(), allowed.name())) {
            if (denies(operation, prefix)) {
                return true;
            }
        }
        return false;
    }

    private boolean denies(AclOperation operation, AclPattern pattern) {
        for (Map<AclPattern, AclRights> subject : subjects) {
            AclRights rights = subject.get(pattern);
            if (rights != null && rights.denies(operation)) {
                return true;
            }
        }
        return false;
    }
}
