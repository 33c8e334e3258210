package io.girok.membership.follow;

import java.util.concurrent.CompletableFuture;

/// Brings a follower's questions to voters. Thread-safe.
@FunctionalInterface
public interface VoterCalls {
    /// The answer, or an [java.io.IOException] in time.
    CompletableFuture<byte[]> ask(int voterId, byte[] question);
}
