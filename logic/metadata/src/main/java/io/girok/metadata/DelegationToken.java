package io.girok.metadata;

import io.girok.base.Principal;
import java.util.List;
import java.util.stream.Stream;

/// A token by which its owner may be acted for (KIP-48, KIP-373), without the password that goes with it: that is made
/// from the id and a key which only the nodes' settings have. Immutable. All times are of the wall clock, in
/// milliseconds since 1970.
///
/// @param id random
/// @param requester who has asked for it, for itself or for somebody else
/// @param renewers who may renew it beside its owner
/// @param maxMs until when it can be renewed
/// @param expiresMs until when it can be used, if it is not renewed
public record DelegationToken(String id, Principal owner, Principal requester, List<Principal> renewers, long issuedMs,
        long maxMs, long expiresMs) {
    public DelegationToken {
        renewers = List.copyOf(renewers);
    }

    /// The same token with another end.
    public DelegationToken until(long newExpiresMs) {
        return new DelegationToken(id, owner, requester, renewers, issuedMs, maxMs, newExpiresMs);
    }

    public boolean isOver(long nowMs) {
        return Math.min(expiresMs, maxMs) < nowMs;
    }

    /// Whether `principal` may renew it and end it.
    public boolean isRenewedBy(Principal principal) {
        return owner.equals(principal) || renewers.contains(principal);
    }

    /// Who has to do with it, and so may see it.
    public Stream<Principal> parties() {
        return Stream.concat(Stream.of(owner, requester), renewers.stream());
    }

    /// Whether `principal` has to do with it.
    public boolean concerns(Principal principal) {
        return parties().anyMatch(principal::equals);
    }
}
