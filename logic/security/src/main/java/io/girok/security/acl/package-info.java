/// Authorization: what the ACLs in the metadata (`io.girok.metadata.acl`) mean for one caller, one operation and one
/// resource, with Apache Kafka's rules (KIP-11, KIP-290, KIP-679). Thread-safe. Start at AclAuthorizer.
@NullMarked
package io.girok.security.acl;

import org.jspecify.annotations.NullMarked;
