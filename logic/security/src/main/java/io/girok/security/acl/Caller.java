package io.girok.security.acl;

import io.girok.base.Principal;

/// Who asks, and from where. Immutable.
///
/// @param host the address as text, as ACLs write it; empty when it is not known
public record Caller(Principal principal, String host) {}
