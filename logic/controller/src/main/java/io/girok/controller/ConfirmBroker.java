package io.girok.controller;

/// Asks whether a registration is in force; the answer is whether the broker is fenced. Changes nothing, so it is
/// answered by whoever is the active controller for certain, and by nobody else.
public record ConfirmBroker(int brokerId, long brokerEpoch) implements Command<Result<Boolean>> {}
