package io.girok.metadata.acl;

import org.jspecify.annotations.Nullable;

/// What is done to a resource, with its code in the protocol and in the metadata. Immutable.
public enum AclOperation {
    /// In an ACL: every operation.
    ALL(2), READ(3), WRITE(4), CREATE(5), DELETE(6), ALTER(7), DESCRIBE(8), CLUSTER_ACTION(9), DESCRIBE_CONFIGS(10),
    ALTER_CONFIGS(11), IDEMPOTENT_WRITE(12), CREATE_TOKENS(13), DESCRIBE_TOKENS(14), TWO_PHASE_COMMIT(15);

    private final byte code;

    AclOperation(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /// Its place in a set of operations, as in the bit fields of KIP-430.
    public int bit() {
        return 1 << code;
    }

    /// Which operations, if one of them is allowed, allow this one.
    int allowedBy() {
        int itself = bit() | ALL.bit();
        return switch (this) {
            case DESCRIBE -> itself | READ.bit() | WRITE.bit() | DELETE.bit() | ALTER.bit();
            case DESCRIBE_CONFIGS -> itself | ALTER_CONFIGS.bit();
            case ALL, READ, WRITE, CREATE, DELETE, ALTER, CLUSTER_ACTION, ALTER_CONFIGS, IDEMPOTENT_WRITE,
                    CREATE_TOKENS, DESCRIBE_TOKENS, TWO_PHASE_COMMIT ->
                itself;
        };
    }

    /// Which operations, if one of them is denied, deny this one: nothing but itself and everything.
    int deniedBy() {
        return bit() | ALL.bit();
    }

    /// Null when there is none of this code.
    public static @Nullable AclOperation of(int code) {
        for (AclOperation operation : values()) {
            if (operation.code == code) {
                return operation;
            }
        }
        return null;
    }
}
