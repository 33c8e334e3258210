package io.girok.metadata;

import io.girok.base.Invariant;

/// A node that votes in the metadata quorum, and where the others reach it. Immutable.
///
/// @param host empty when no address is kept with the voter
public record Voter(int id, String host, int port) {
    public Voter {
        Invariant.check(0 <= id, "a voter's id is not negative");
    }

    /// Without an address.
    public static Voter of(int id) {
        return new Voter(id, "", 0);
    }

    public boolean hasAddress() {
        return !host.isEmpty();
    }
}
