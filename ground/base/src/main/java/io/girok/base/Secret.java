package io.girok.base;

/// A text that nobody is shown: a password, a key. Immutable.
public final class Secret {
    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /// For whoever needs it to prove something; never for a log or an answer.
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && text.equals(secret.text);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
