package io.girok.broker;

import io.girok.log.LogDirectory;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import java.util.List;

/// Hands the log directories what the broker's settings say of them, at the start and whenever they change. Immutable;
/// called at the start and by the metadata thread.
final class DirectorySettings implements MetadataStore.Subscriber {
    private final List<LogDirectory> directories;
    private final EffectiveSettings settings;

    DirectorySettings(List<LogDirectory> directories, EffectiveSettings settings) {
        this.directories = List.copyOf(directories);
        this.settings = settings;
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        if (delta.changedConfigs().stream().anyMatch(target -> target.kind() == ConfigTarget.Kind.BROKER)) {
            apply(image);
        }
    }

    void apply(MetadataImage image) {
        long minFreeBytes = settings.broker(image, BrokerSettings.LOG_DIR_MIN_FREE_BYTES);
        for (LogDirectory directory : directories) {
            if (directory.failure().isEmpty()) {
                directory.keepFree(minFreeBytes);
            }
        }
    }
}
