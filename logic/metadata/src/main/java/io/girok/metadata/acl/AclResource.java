package io.girok.metadata.acl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Kinds of things that operations are done to, with their codes in the protocol and in the metadata. Immutable.
public enum AclResource {
    TOPIC(2, AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DELETE, AclOperation.ALTER,
            AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS),
    GROUP(3, AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS),
    CLUSTER(4, AclOperation.CREATE, AclOperation.ALTER, AclOperation.DESCRIBE, AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS, AclOperation.IDEMPOTENT_WRITE),
    TRANSACTIONAL_ID(5, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.TWO_PHASE_COMMIT),
    DELEGATION_TOKEN(6, AclOperation.DESCRIBE),
    USER(7, AclOperation.CREATE_TOKENS, AclOperation.DESCRIBE_TOKENS);

    /// The name of the only resource of the kind [#CLUSTER].
    public static final String CLUSTER_NAME = "kafka-cluster";

    private final byte code;
    // As List.of made it.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<AclOperation> operations;
    private final int bits;

    AclResource(int code, AclOperation... operations) {
        this.code = (byte) code;
        this.operations = List.of(operations);
        this.bits = this.operations.stream().mapToInt(AclOperation::bit).sum();
    }

    public byte code() {
        return code;
    }

    /// Those that are ever asked about for this kind; an ACL about another one is allowed and does nothing.
    public List<AclOperation> operations() {
        return operations;
    }

    /// [#operations] as the bit field of KIP-430.
    public int operationBits() {
        return bits;
    }

    /// Null when there is none of this code.
    public static @Nullable AclResource of(int code) {
        for (AclResource resource : values()) {
            if (resource.code == code) {
                return resource;
            }
        }
        return null;
    }
}
