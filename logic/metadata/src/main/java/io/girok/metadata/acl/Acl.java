package io.girok.metadata.acl;

/// One rule: the subject may, or may not, do the operation to what the pattern names. Immutable.
public record Acl(AclPattern pattern, AclSubject subject, AclOperation operation, AclPermission permission) {
    public static Acl allow(AclPattern pattern, String principal, AclOperation operation) {
        return new Acl(pattern, new AclSubject(principal, AclSubject.ANY_HOST), operation, AclPermission.ALLOW);
    }

    public static Acl deny(AclPattern pattern, String principal, AclOperation operation) {
        return new Acl(pattern, new AclSubject(principal, AclSubject.ANY_HOST), operation, AclPermission.DENY);
    }
}
