/// SASL: how clients show who they are, and how this node shows itself to others. State machines over bytes, without
/// sockets; the clock and randomness are handed in.
///
/// A connection's is [SaslSession]; what it may choose from is [SaslMechanisms]; one attempt by one mechanism is a
/// [SaslExchange]. The other end is a [SaslClient].
@NullMarked
package io.girok.security.sasl;

import org.jspecify.annotations.NullMarked;
