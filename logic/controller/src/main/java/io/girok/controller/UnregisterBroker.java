package io.girok.controller;

/// Forgets a broker that is gone for good; the answer is its epoch. It must be fenced.
public record UnregisterBroker(int brokerId) implements Command<Result<Long>> {}
