package io.girok.admin;

import io.girok.metadata.setting.EffectiveSettings.Source;
import io.girok.metadata.setting.ValueType;

/// The protocol's numbers for settings. Stateless.
final class ConfigCodes {
    private ConfigCodes() {}

    static byte of(Source source) {
        return switch (source) {
            case TOPIC -> 1;
            case THIS_BROKER -> 2;
            case ALL_BROKERS -> 3;
            case STATIC -> 4;
            case DEFAULT -> 5;
        };
    }

    static byte of(ValueType.Kind kind) {
        return switch (kind) {
            case BOOLEAN -> 1;
            case STRING -> 2;
            case INT -> 3;
            case LONG -> 5;
            case DOUBLE -> 6;
            case LIST -> 7;
            case PASSWORD -> 9;
        };
    }
}
