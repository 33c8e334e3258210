package io.girok.controller;

/// Gives partitions the leaders and the in-sync replicas that the brokers allow by now; the answer is whether all have
/// them, or there was more to do than one batch holds. The level of a feature that is below what this node can do comes
/// up to it: what is written from here on may be beyond whoever supports no more than the present level, and a new
/// active controller begins with this.
public record RepairPartitions() implements Command<Result<Boolean>> {}
