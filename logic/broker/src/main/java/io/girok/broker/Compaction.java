package io.girok.broker;

import io.girok.cleaner.Cleaner;
import io.girok.cleaner.CleanerSettings;
import io.girok.cleaner.CleanerStatus;
import io.girok.log.CleanableLog;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/// Has the logs of a broker's compacted topics cleaned, as its settings want it. Thread-safe; stopped once, before the
/// partitions are closed.
public final class Compaction {
    private final Cleaner cleaner;

    private Compaction(Cleaner cleaner) {
        this.cleaner = cleaner;
    }

    /// Begins to clean.
    public static Compaction start(Partitions partitions, MetadataStore metadata, EffectiveSettings settings,
            Cleaner.Surroundings surroundings) {
        Cleaner cleaner = new Cleaner(surroundings, settings(settings, metadata.image()), () -> targets(partitions));
        metadata.subscribe((image, delta) -> {
            if (delta.changedConfigs().stream().anyMatch(target -> target.kind() == ConfigTarget.Kind.BROKER)) {
                cleaner.configure(settings(settings, image));
            }
        });
        cleaner.start();
        return new Compaction(cleaner);
    }

    /// Done when nothing is being cleaned any more.
    public CompletableFuture<Void> stop() {
        return cleaner.stop();
    }

    public CleanerStatus status() {
        return cleaner.status();
    }

    /// Whoever leads them: a follower is not told what its leader has cleaned, and a compacted log that nobody cleans
    /// grows without end.
    private static List<Cleaner.Target> targets(Partitions partitions) {
        List<Cleaner.Target> targets = new ArrayList<>();
        partitions.forEachReplica(replica -> {
            if (replica.isCompacted()) {
                targets.add(new Cleaner.Target(replica.name(), replica.shard(), () -> logOf(replica)));
            }
        });
        return targets;
    }

    /// One that has files is woken, and stays awake for as long as it is compacted: it may have been left dirty. Those
    /// that follow, which cannot be woken, are always awake.
    private static Optional<CleanableLog> logOf(LedPartition replica) {
        boolean isThere = replica.isAwake()
                || (replica.directory().isOnDisk(replica.name()) && replica.wake() == Errors.NONE);
        return isThere && replica.leader().settings().retention().compacts()
                ? Optional.of(replica.leader().store().cleanable())
                : Optional.empty();
    }

    private static CleanerSettings settings(EffectiveSettings settings, MetadataImage image) {
        return new CleanerSettings(settings.broker(image, BrokerSettings.LOG_CLEANER_ENABLE),
                settings.broker(image, BrokerSettings.LOG_CLEANER_THREADS),
                settings.broker(image, BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE),
                settings.broker(image, BrokerSettings.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR),
                settings.broker(image, BrokerSettings.LOG_CLEANER_IO_BUFFER_SIZE),
                settings.broker(image, BrokerSettings.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND),
                settings.broker(image, BrokerSettings.LOG_CLEANER_BACKOFF_MS));
    }
}
