package io.girok.metadata.setting;

/// A setting is unknown or has a value that is not allowed. The message names the setting, what was given and what is
/// allowed.
public final class InvalidSetting extends RuntimeException {
    public InvalidSetting(String message) {
        super(message);
    }
}
