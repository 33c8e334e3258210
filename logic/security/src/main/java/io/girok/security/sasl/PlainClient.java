package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import io.girok.security.SaslSettings;

/// PLAIN (RFC 4616), from the client's end. Owned by its connection.
final class PlainClient implements SaslClient {
    private final String user;
    private final Secret password;
    private boolean isDone;

    PlainClient(String user, Secret password) {
        this.user = user;
        this.password = password;
    }

    @Override
    public String mechanism() {
        return SaslSettings.PLAIN;
    }

    @Override
    public byte[] first() {
        return ("\0" + user + "\0" + password.reveal()).getBytes(UTF_8);
    }

    @Override
    public byte[] answer(byte[] challenge) {
        isDone = true;
        return new byte[0];
    }

    @Override
    public boolean isDone() {
        return isDone;
    }
}
