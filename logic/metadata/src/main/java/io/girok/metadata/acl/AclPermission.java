package io.girok.metadata.acl;

import org.jspecify.annotations.Nullable;

/// Whether an ACL lets or forbids, with its code in the protocol and in the metadata. Immutable.
public enum AclPermission {
    DENY(2), ALLOW(3);

    private final byte code;

    AclPermission(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /// Null when there is none of this code.
    public static @Nullable AclPermission of(int code) {
        for (AclPermission permission : values()) {
            if (permission.code == code) {
                return permission;
            }
        }
        return null;
    }
}
