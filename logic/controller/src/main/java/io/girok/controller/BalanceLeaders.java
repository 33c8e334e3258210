package io.girok.controller;

/// Gives brokers the lead of partitions whose preferred leader they are, if they lack too many of them.
///
/// @param maxImbalancePercentage how many of the partitions that prefer a broker others may lead
public record BalanceLeaders(int maxImbalancePercentage) implements Command<Result<BalanceLeaders.Balanced>> {
    /// @param movedCount how many partitions got their preferred leader
    /// @param isDone false: there is more to do than was done at once
    public record Balanced(int movedCount, boolean isDone) {}
}
