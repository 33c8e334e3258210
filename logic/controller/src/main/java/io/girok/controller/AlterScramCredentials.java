package io.girok.controller;

import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.util.List;
import java.util.Map;

/// Sets and removes what users are known by; the answer says of each user what is wrong, and nothing of a user is
/// changed then.
public record AlterScramCredentials(List<Upsertion> upsertions, List<ScramUser> deletions)
        implements
            Command<Map<String, Result<Boolean>>> {
    public AlterScramCredentials {
        upsertions = List.copyOf(upsertions);
        deletions = List.copyOf(deletions);
    }

    /// What one user is known by from here on.
    public record Upsertion(ScramUser user, ScramCredential credential) {}
}
