package io.girok.log;

import io.girok.base.Clock;
import io.girok.base.PartitionName;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the recovery of a log directory's logs came to, told in one line when the last one is done. Thread-safe.
final class RecoveryReport {
    private static final Logger LOGGER = LoggerFactory.getLogger(RecoveryReport.class);

    private final Path directory;
    private final Clock clock;
    private final long begunMs;
    private final Set<PartitionName> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isTold = new AtomicBoolean();
    private final AtomicInteger recovered = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicInteger offline = new AtomicInteger();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder cutBytes = new LongAdder();

    RecoveryReport(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
        this.begunMs = clock.monotonicMs();
    }

    /// These have to be recovered.
    void expect(Set<PartitionName> names) {
        waiting.addAll(names);
    }

    void note(RecoveryProgress progress) {
        readBytes.add(progress.readBytes());
        if (0 < progress.cutBytes()) {
            cut.incrementAndGet();
            cutBytes.add(progress.cutBytes());
        }
    }

    /// A log is open, offline or deleted.
    void ended(PartitionName name, boolean isOffline) {
        if (waiting.remove(name)) {
            (isOffline ? offline : recovered).incrementAndGet();
            if (waiting.isEmpty()) {
                tell();
            }
        }
    }

    /// Nothing more is recovered unasked: what is left belongs to no topic, or is looked at when it is needed.
    void tell() {
        int logs = recovered.get() + offline.get();
        if (0 < logs && isTold.compareAndSet(false, true)) {
            LOGGER.info(
                    "log directory '{}': {} logs were checked after a stop that was not clean, within {} ms: {} bytes "
                            + "read, {} bytes cut from {} of them, {} are offline",
                    directory, logs, clock.monotonicMs() - begunMs, readBytes.sum(), cutBytes.sum(), cut.get(),
                    offline.get());
        }
    }
}
