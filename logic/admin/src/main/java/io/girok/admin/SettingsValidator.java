package io.girok.admin;

import io.girok.controller.ConfigValidator;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.EffectiveSettings.Origin;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.TopicSetting;
import io.girok.metadata.setting.TopicSettings;
import io.girok.metadata.setting.ValueType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The settings table as the controller asks it. Thread-safe.
public final class SettingsValidator implements ConfigValidator {
    private final EffectiveSettings settings;

    public SettingsValidator(EffectiveSettings settings) {
        this.settings = settings;
    }

    @Override
    public Optional<String> problem(ConfigTarget target, String name, @Nullable String value) {
        if (value != null) {
            return EffectiveSettings.problem(target, name, value);
        }
        return kind(target, name).isPresent()
                ? Optional.empty()
                : Optional.of("there is no setting '" + name + "' to be taken away");
    }

    @Override
    public boolean isList(ConfigTarget target, String name) {
        return kind(target, name).filter(kind -> kind == ValueType.Kind.LIST).isPresent();
    }

    private static Optional<ValueType.Kind> kind(ConfigTarget target, String name) {
        return switch (target.kind()) {
            case TOPIC -> Optional.ofNullable(TopicSettings.find(name)).map(TopicSetting::type).map(ValueType::kind);
            case BROKER -> Optional.ofNullable(BrokerSettings.find(name)).map(Setting::type).map(ValueType::kind);
            case QUOTA -> Optional.empty();
        };
    }

    @Override
    public String inheritedValue(MetadataImage image, ConfigTarget target, String name) {
        List<Origin> origins = switch (target.kind()) {
            case TOPIC -> {
                TopicSetting<?> setting = TopicSettings.find(name);
                yield setting == null ? List.of() : settings.topicOrigins(image, target.name(), setting);
            }
            case BROKER -> {
                Setting<?> setting = BrokerSettings.find(name);
                yield setting == null ? List.of() : settings.brokerOrigins(image, setting);
            }
            case QUOTA -> List.of();
        };
        return origins.isEmpty() ? "" : origins.getFirst().text();
    }
}
