package io.girok.security.sasl;

import java.io.IOException;

/// The other end could not show who it is, or does not take us for who we are.
public final class SaslRefused extends IOException {
    public SaslRefused(String message) {
        super(message);
    }
}
