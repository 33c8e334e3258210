package io.girok.broker;

/// What a request does, in the words of access control. Immutable.
public enum ApiOperation {
    /// Open to everyone: what a client asks before it can say who it is.
    NONE, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS,
    /// To write with sequence numbers, which needs an id from the cluster.
    IDEMPOTENT_WRITE,
    /// To make delegation tokens for somebody else.
    CREATE_TOKENS
}
