package io.girok.security;

/// What is spoken at a listener, by Kafka's names.
public enum SecurityProtocol {
    PLAINTEXT(false, false), SSL(true, false), SASL_PLAINTEXT(false, true), SASL_SSL(true, true);

    private final boolean isTls;
    private final boolean isSasl;

    SecurityProtocol(boolean isTls, boolean isSasl) {
        this.isTls = isTls;
        this.isSasl = isSasl;
    }

    /// Whether what is sent is encrypted.
    public boolean isTls() {
        return isTls;
    }

    /// Whether clients show who they are before anything else.
    public boolean isSasl() {
        return isSasl;
    }
}
