package io.girok.metadata.acl;

import org.jspecify.annotations.Nullable;

/// Which ACLs are meant: those that agree in everything that is given. Immutable.
///
/// @param resource null for any kind, as each of the others for any value
/// @param name of the pattern, or (see [Match]) of a resource that it covers
public record AclFilter(@Nullable AclResource resource, @Nullable String name, Match match, @Nullable String principal,
        @Nullable String host, @Nullable AclOperation operation, @Nullable AclPermission permission) {
    /// How a pattern has to agree with the name.
    public enum Match {
        /// It has this name, and is of either type.
        ANY,
        /// It covers a resource of this name.
        MATCH, LITERAL, PREFIXED
    }

    /// Every ACL.
    public static final AclFilter ALL = new AclFilter(null, null, Match.ANY, null, null, null, null);

    public boolean matches(Acl acl) {
        return matches(acl.pattern())
                && (principal == null || principal.equals(acl.subject().principal()))
                && (host == null || host.equals(acl.subject().host()))
                && (operation == null || operation == acl.operation())
                && (permission == null || permission == acl.permission());
    }

    private boolean matches(AclPattern pattern) {
        if (resource != null && resource != pattern.resource()) {
            return false;
        }
        return switch (match) {
            case ANY -> name == null || name.equals(pattern.name());
            case MATCH -> name == null || pattern.covers(name);
            case LITERAL -> !pattern.isPrefixed() && (name == null || name.equals(pattern.name()));
            case PREFIXED -> pattern.isPrefixed() && (name == null || name.equals(pattern.name()));
        };
    }
}
