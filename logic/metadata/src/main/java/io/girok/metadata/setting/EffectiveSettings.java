package io.girok.metadata.setting;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is in force: the values in the metadata over those the operator gave at the start over the defaults.
/// Immutable; the image is handed in with each question.
public final class EffectiveSettings {
    /// Where a value comes from, the strongest first.
    public enum Source {
        TOPIC, THIS_BROKER, ALL_BROKERS, STATIC, DEFAULT
    }

    /// One place that gives a value.
    ///
    /// @param name the setting's name there
    public record Origin(String name, String text, Source source) {}

    private final Settings given;
    private final int brokerId;

    public EffectiveSettings(Settings given, int brokerId) {
        this.given = given;
        this.brokerId = brokerId;
    }

    /// The settings that the broker was started with.
    public Settings given() {
        return given;
    }

    /// A broker's setting, with what was changed while it ran.
    public <T> T broker(MetadataImage image, Setting<T> setting) {
        List<Origin> origins = brokerOrigins(image, setting);
        if (origins.isEmpty()) {
            throw new IllegalArgumentException(setting.name() + " has no value");
        }
        return setting.parse(origins.getFirst().text());
    }

    public <T> T topic(MetadataImage image, String topic, TopicSetting<T> setting) {
        return setting.parse(topicOrigins(image, topic, setting).getFirst().text());
    }

    /// Every place that gives the topic's setting a value; the first one wins.
    public List<Origin> topicOrigins(MetadataImage image, String topic, TopicSetting<?> setting) {
        List<Origin> origins = new ArrayList<>();
        String own = image.config(ConfigTarget.topic(topic)).get(setting.name());
        if (own != null) {
            origins.add(new Origin(setting.name(), own, Source.TOPIC));
        }
        origins.addAll(inheritedOrigins(image, setting));
        return origins;
    }

    /// Every place that gives the setting a value for topics without one of their own; the first one wins.
    public List<Origin> inheritedOrigins(MetadataImage image, TopicSetting<?> setting) {
        List<Origin> origins = new ArrayList<>();
        List<Origin> defaults = new ArrayList<>();
        for (TopicSetting.Synonym synonym : setting.synonyms()) {
            for (Origin origin : brokerOrigins(image, synonym.setting())) {
                Origin converted = new Origin(origin.name(), synonym.convert(origin.text()), origin.source());
                (origin.source() == Source.DEFAULT ? defaults : origins).add(converted);
            }
        }
        origins.addAll(defaults);
        return origins;
    }

    /// Every place that gives the broker's setting a value; the first one wins.
    public List<Origin> brokerOrigins(MetadataImage image, Setting<?> setting) {
        List<Origin> origins = new ArrayList<>();
        if (setting.change() == Setting.Change.OF_ONE_OR_ALL) {
            add(origins, setting, image.config(ConfigTarget.broker(brokerId)), Source.THIS_BROKER);
        }
        if (setting.isDynamic()) {
            add(origins, setting, image.config(ConfigTarget.ALL_BROKERS), Source.ALL_BROKERS);
        }
        Optional.ofNullable(given.givenText(setting))
                .ifPresent(text -> origins.add(new Origin(setting.name(), text, Source.STATIC)));
        Optional.ofNullable(setting.defaultText())
                .ifPresent(text -> origins.add(new Origin(setting.name(), text, Source.DEFAULT)));
        return origins;
    }

    private static void add(List<Origin> origins, Setting<?> setting, Map<String, String> values, Source source) {
        String text = values.get(setting.name());
        if (text != null) {
            origins.add(new Origin(setting.name(), text, source));
        }
    }

    /// Why `text` cannot be the value of a setting that is changed at run time; empty when it can.
    public static Optional<String> problem(ConfigTarget target, String name, String text) {
        try {
            switch (target.kind()) {
                case TOPIC -> {
                    TopicSetting<?> setting = TopicSettings.find(name);
                    if (setting == null) {
                        return Optional.of(
                                "topics have no setting '" + name + "'"
                                        + NearestName.hint(name, TopicSettings.all().stream().map(TopicSetting::name)));
                    }
                    setting.parse(text);
                }
                case BROKER -> {
                    Setting<?> setting = BrokerSettings.find(name);
                    if (setting == null) {
                        return Optional.of(
                                "brokers have no setting '" + name + "'"
                                        + NearestName.hint(name, BrokerSettings.all().stream().map(Setting::name)));
                    }
                    if (!setting.isDynamic()) {
                        return Optional.of(
                                "setting '" + name + "' is read at the start only and can't be changed while a broker "
                                        + "runs");
                    }
                    if (setting.change() == Setting.Change.OF_ALL && !target.equals(ConfigTarget.ALL_BROKERS)) {
                        return Optional.of("setting '" + name + "' can't be changed for broker '" + target.name()
                                + "' alone, since its leaders and the controller must not differ in it; change it for "
                                + "all brokers (without an id), or for a topic");
                    }
                    setting.parse(text);
                }
                case QUOTA -> {
                    return Optional.of("quotas have no settings");
                }
            }
            return Optional.empty();
        } catch (InvalidSetting invalid) {
            return Optional.ofNullable(invalid.getMessage());
        }
    }
}
