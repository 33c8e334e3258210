package io.girok.metadata.acl;

/// The resources that an ACL is about: one by its name, all by the name `*`, or those whose names begin with `name`
/// (KIP-290). Immutable.
///
/// @param isPrefixed whether `name` is a beginning; `*` is an ordinary character there
public record AclPattern(AclResource resource, boolean isPrefixed, String name) {
    /// As a literal name: every resource of the kind.
    public static final String WILDCARD = "*";

    public static AclPattern literal(AclResource resource, String name) {
        return new AclPattern(resource, false, name);
    }

    public static AclPattern prefixed(AclResource resource, String name) {
        return new AclPattern(resource, true, name);
    }

    public static AclPattern cluster() {
        return literal(AclResource.CLUSTER, AclResource.CLUSTER_NAME);
    }

    /// Whether it is about every resource of its kind.
    public boolean isWildcard() {
        return !isPrefixed && name.equals(WILDCARD);
    }

    /// Whether it is about the resource `other`.
    public boolean covers(String other) {
        return isPrefixed ? other.startsWith(name) : isWildcard() || name.equals(other);
    }

    /// The same in every run: what happens in the order of a map must be repeatable.
    @Override
    public int hashCode() {
        return (name.hashCode() * 31 + resource.code()) * 2 + (isPrefixed ? 1 : 0);
    }
}
