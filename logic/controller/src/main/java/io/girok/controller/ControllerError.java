package io.girok.controller;

/// How a command, or one item of it, ended. The names are Kafka's, so that an API handler finds its error by name.
public enum ControllerError {
    NONE, TOPIC_ALREADY_EXISTS, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, INVALID_TOPIC_EXCEPTION,
    INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, INVALID_REQUEST,
    POLICY_VIOLATION, INCONSISTENT_CLUSTER_ID, BROKER_ID_NOT_REGISTERED, STALE_BROKER_EPOCH, FENCED_LEADER_EPOCH,
    NOT_LEADER_OR_FOLLOWER, INVALID_UPDATE_VERSION,
    INELIGIBLE_REPLICA, ELECTION_NOT_NEEDED, PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE,
    NO_REASSIGNMENT_IN_PROGRESS, RESOURCE_NOT_FOUND, DUPLICATE_RESOURCE, UNACCEPTABLE_CREDENTIAL,
    UNSUPPORTED_SASL_MECHANISM, DELEGATION_TOKEN_NOT_FOUND, DELEGATION_TOKEN_EXPIRED, DELEGATION_TOKEN_OWNER_MISMATCH,
    /// Only in a [CommandFailed]: another node may lead; certainly nothing was done.
    NOT_CONTROLLER,
    /// Only in a [CommandFailed]: perhaps done, perhaps not.
    REQUEST_TIMED_OUT,
    /// Only in a [CommandFailed]: a mistake in Girok; certainly nothing was done.
    UNKNOWN_SERVER_ERROR,
    /// Too much at once; certainly nothing was done, and asking again later may go better.
    THROTTLING_QUOTA_EXCEEDED
}
