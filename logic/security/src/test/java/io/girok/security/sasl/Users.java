package io.girok.security.sasl;

import io.girok.metadata.ScramCredential;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A directory with one user.
record Users(String user, String password, boolean isKnown) implements ScramUsers.Directory {
    static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    Users(String user, String password) {
        this(user, password, true);
    }

    @Override
    public @Nullable ScramCredential find(ScramMechanism mechanism, String name) {
        return name.equals(user) ? mechanism.keys(password, SALT, ScramMechanism.MIN_ITERATIONS) : null;
    }

    @Override
    public DelegationTokens tokens() {
        return DelegationTokens.NONE;
    }

    @Override
    public byte[] sharedSecret() {
        return new byte[0];
    }

    @Override
    public List<ScramUsers.Shape> shapes(ScramMechanism mechanism) {
        return List.of(new ScramUsers.Shape(ScramMechanism.MIN_ITERATIONS, SALT.length, false));
    }
}
