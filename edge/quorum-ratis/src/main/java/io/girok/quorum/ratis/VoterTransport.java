package io.girok.quorum.ratis;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// Brings what voters say to each other to the [RatisMetadataLog#onRequest] of the voter that is meant. Thread-safe.
@FunctionalInterface
public interface VoterTransport {
    /// For a quorum of one.
    VoterTransport NOBODY = (voterId, request) -> CompletableFuture.failedFuture(
            new IOException("the metadata log has a single voter, there is nobody to send to"));

    /// Ends in that voter's answer, or in a failure, within a time of its own.
    CompletableFuture<byte[]> send(int voterId, byte[] request);
}
