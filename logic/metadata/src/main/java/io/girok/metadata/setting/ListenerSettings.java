package io.girok.metadata.setting;

import java.util.Optional;

/// A broker's settings as they are in force at one listener: those given for it over those given for all. Immutable.
public final class ListenerSettings {
    private final Settings settings;
    private final String listener;

    ListenerSettings(Settings settings, String listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /// The value of a setting that has a default.
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalArgumentException(setting.name() + " has no default"));
    }

    public <T> Optional<T> find(Setting<T> setting) {
        return own(setting).or(() -> settings.find(setting));
    }

    /// The value for one mechanism of the listener, or else that of the listener.
    public <T> Optional<T> find(String mechanism, Setting<T> setting) {
        return given(SecuritySettings.nameAt(listener, mechanism, setting), setting).or(() -> find(setting));
    }

    /// The value that was given for this listener alone.
    public <T> Optional<T> own(Setting<T> setting) {
        return given(SecuritySettings.nameAt(listener, setting), setting);
    }

    private <T> Optional<T> given(String name, Setting<T> setting) {
        return Optional.ofNullable(settings.givenText(name)).map(setting::parse);
    }
}
