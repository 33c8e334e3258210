package io.girok.controller;

/// Gives partitions the leaders and the in-sync replicas that the brokers allow by now; the answer is whether all have
/// them, or there was more to do than one batch holds.
public record RepairPartitions() implements Command<Result<Boolean>> {}
