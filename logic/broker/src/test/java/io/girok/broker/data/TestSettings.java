package io.girok.broker.data;

import io.girok.log.LogSettings;

/// Topic settings that differ from the defaults in one thing.
final class TestSettings {
    private TestSettings() {}

    static LogSettings with(LogSettings.Retention retention) {
        LogSettings defaults = LogSettings.DEFAULT;
        return new LogSettings(defaults.roll(), retention, defaults.flush());
    }
}
