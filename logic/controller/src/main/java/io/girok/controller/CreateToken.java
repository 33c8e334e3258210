package io.girok.controller;

import io.girok.base.Principal;
import io.girok.metadata.DelegationToken;
import java.util.List;

/// Makes a delegation token for `owner`; the answer is the token.
///
/// @param requester who asks for it
/// @param renewers who may renew it as well
/// @param maxLifetimeMs for how long it can be renewed
/// @param lifetimeMs for how long it can be used, if it is not renewed
public record CreateToken(Principal owner, Principal requester, List<Principal> renewers, long maxLifetimeMs,
        long lifetimeMs)
        implements
            Command<Result<DelegationToken>> {
    public CreateToken {
        renewers = List.copyOf(renewers);
    }
}
