package io.girok.membership;

/// How long the controller waits for brokers. Immutable.
///
/// @param sessionMs `broker.session.timeout.ms`: after so long without a heartbeat a broker is fenced
/// @param probeMs how long a broker whose connection has closed may take to show that it lives
public record Intervals(long sessionMs, long probeMs) {}
