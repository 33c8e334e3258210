package io.girok.controller;

/// Asks for producer ids that were never given away before.
public record AllocateProducerIds() implements Command<Result<AllocateProducerIds.Block>> {
    /// How many ids are given away at once.
    public static final int BLOCK_COUNT = 1000;

    /// Ids from `firstId` on.
    public record Block(long firstId, int count) {}
}
