/// Who may do what to which resource, as it stands in the metadata (KIP-11, KIP-290): one ACL, all of them, and filters
/// over them. Everything here is immutable. Start at Acls. What follows from them for a request is decided by
/// `io.girok.security.acl`.
@NullMarked
package io.girok.metadata.acl;

import org.jspecify.annotations.NullMarked;
