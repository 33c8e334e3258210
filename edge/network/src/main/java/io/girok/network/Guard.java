package io.girok.network;

import io.girok.security.sasl.SaslMechanisms;
import java.util.Optional;

/// What stands between a listener's clients and the rest. Immutable.
///
/// @param tls encrypts
/// @param sasl has clients show who they are
public record Guard(Optional<TlsContext> tls, Optional<SaslMechanisms> sasl) {
    /// Lets everybody in.
    public static final Guard NONE = new Guard(Optional.empty(), Optional.empty());
}
