package io.girok.controller;

import io.girok.base.Principal;
import io.girok.metadata.DelegationToken;

/// Has a delegation token end `lifetimeMs` from now, but not later than it can be renewed; the answer is the token.
///
/// @param by who asks for it
public record RenewToken(String id, Principal by, long lifetimeMs) implements Command<Result<DelegationToken>> {}
