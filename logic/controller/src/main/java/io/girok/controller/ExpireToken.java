package io.girok.controller;

import io.girok.base.Principal;
import io.girok.metadata.DelegationToken;

/// Has a delegation token end in `inMs`, or removes it at once if that is less than 0; the answer is the token, with
/// its new end.
///
/// @param by who asks for it
public record ExpireToken(String id, Principal by, long inMs) implements Command<Result<DelegationToken>> {}
