package io.girok.metadata.acl;

/// What one subject may and may not do to the resources of one pattern: two sets of operations. Immutable.
///
/// @param allowed the bits of the operations that ACLs allow
/// @param denied of those that ACLs deny
public record AclRights(int allowed, int denied) {
    static final AclRights NONE = new AclRights(0, 0);

    public boolean allows(AclOperation operation) {
        return (allowed & operation.allowedBy()) != 0;
    }

    /// Whether an ACL names the operation, or all of them: not one that implies it.
    public boolean allowsExactly(AclOperation operation) {
        return (allowed & (operation.bit() | AclOperation.ALL.bit())) != 0;
    }

    public boolean denies(AclOperation operation) {
        return (denied & operation.deniedBy()) != 0;
    }

    boolean isNone() {
        return allowed == 0 && denied == 0;
    }

    boolean has(AclOperation operation, AclPermission permission) {
        return (bits(permission) & operation.bit()) != 0;
    }

    AclRights with(AclOperation operation, AclPermission permission) {
        return of(permission, bits(permission) | operation.bit());
    }

    AclRights without(AclOperation operation, AclPermission permission) {
        return of(permission, bits(permission) & ~operation.bit());
    }

    private int bits(AclPermission permission) {
        return switch (permission) {
            case ALLOW -> allowed;
            case DENY -> denied;
        };
    }

    private AclRights of(AclPermission permission, int bits) {
        return switch (permission) {
            case ALLOW -> new AclRights(bits, denied);
            case DENY -> new AclRights(allowed, bits);
        };
    }
}
