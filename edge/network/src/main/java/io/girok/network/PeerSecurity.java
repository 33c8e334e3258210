package io.girok.network;

import io.girok.security.sasl.SaslClient;
import java.util.Optional;
import java.util.function.Supplier;

/// How this node shows itself to others, and knows them. Immutable.
///
/// @param tls encrypts
/// @param logins fresh each time: who this node is to others
public record PeerSecurity(Optional<TlsContext> tls, Optional<Supplier<SaslClient>> logins) {
    /// Plaintext, and nobody is asked who they are.
    public static final PeerSecurity NONE = new PeerSecurity(Optional.empty(), Optional.empty());
}
