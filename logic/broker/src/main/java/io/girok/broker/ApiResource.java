package io.girok.broker;

/// What a request does it to, in the words of access control. Immutable.
public enum ApiResource {
    NONE, CLUSTER, TOPIC, GROUP, TRANSACTIONAL_ID, DELEGATION_TOKEN, USER
}
