package io.girok.security.sasl;

import io.girok.security.SaslSettings;
import java.util.function.Supplier;

/// Makes the clients' ends of SASL. Stateless.
public final class SaslClients {
    private SaslClients() {}

    /// @param nonces fresh and random each time
    public static SaslClient of(SaslSettings.Login login, Supplier<String> nonces) {
        return switch (login.mechanism()) {
            case SaslSettings.PLAIN -> new PlainClient(login.user(), login.password());
            case SaslSettings.SCRAM_256 ->
                new ScramClient(ScramMechanism.SHA_256, login.user(), login.password(), nonces.get());
            case SaslSettings.SCRAM_512 ->
                new ScramClient(ScramMechanism.SHA_512, login.user(), login.password(), nonces.get());
            default -> throw new IllegalArgumentException("nodes do not show who they are by " + login.mechanism());
        };
    }
}
