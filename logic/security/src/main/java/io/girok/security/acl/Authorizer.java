package io.girok.security.acl;

import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;

/// Says who may do what. Thread-safe, and never blocks.
public interface Authorizer {
    /// Of a cluster without authorization.
    Authorizer EVERYTHING = new Authorizer() {
        @Override
        public boolean isAllowed(Caller caller, AclOperation operation, AclResource resource, String name) {
            return true;
        }

        @Override
        public boolean isAllowedOnSome(Caller caller, AclOperation operation, AclResource resource) {
            return true;
        }
    };

    /// Whether the caller may do it to the resource `name`, which need not exist.
    boolean isAllowed(Caller caller, AclOperation operation, AclResource resource, String name);

    /// Whether there may be a resource of that kind that the caller may do it to (KIP-679).
    boolean isAllowedOnSome(Caller caller, AclOperation operation, AclResource resource);
}
