package io.girok.security.sasl;

import io.girok.security.SaslSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The mechanisms that a listener offers. Thread-safe.
public final class SaslMechanisms {
    private final SaslSettings settings;
    private final ScramUsers scramUsers;
    private final Optional<TokenVerifier> tokens;
    private final Supplier<String> nonces;

    /// @param tokens present where OAUTHBEARER is offered
    /// @param nonces fresh and random each time
    public SaslMechanisms(SaslSettings settings, ScramUsers scramUsers, Optional<TokenVerifier> tokens,
            Supplier<String> nonces) {
        this.settings = settings;
        this.scramUsers = scramUsers;
        this.tokens = tokens;
        this.nonces = nonces;
    }

    List<String> names() {
        return settings.mechanisms();
    }

    long maxReauthMs(String mechanism) {
        return settings.maxReauthMs().getOrDefault(mechanism, 0L);
    }

    /// Bytes of a request before the client has shown who it is.
    public int requestMaxBytes() {
        return settings.requestMaxBytes();
    }

    /// Null when the mechanism is not offered.
    @Nullable
    SaslExchange begin(String mechanism) {
        if (!settings.mechanisms().contains(mechanism)) {
            return null;
        }
        return switch (mechanism) {
            case SaslSettings.PLAIN -> new PlainExchange(settings.plainUsers());
            case SaslSettings.SCRAM_256 -> new ScramExchange(ScramMechanism.SHA_256, scramUsers, nonces.get());
            case SaslSettings.SCRAM_512 -> new ScramExchange(ScramMechanism.SHA_512, scramUsers, nonces.get());
            case SaslSettings.OAUTHBEARER -> tokens.map(OauthExchange::new).orElse(null);
            default -> null;
        };
    }
}
