package io.girok.cleaner;

import io.girok.base.Clock;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.files.StorageFailed;
import io.girok.log.CleanableLog;
import io.girok.log.CleaningPlan;
import io.girok.log.LogSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the logs to be cleaned, the dirtiest first, and has them cleaned. Owned by a shard of its own choice, its
/// home; [#start], [#stop], [#configure] and [#status] may be called from any thread.
///
/// ```
///   home: look ──▶ each shard: measure its logs ──▶ home: choose ──▶ the log's shard: plan ──▶ workers: clean
///     ▲                                                                                           │
///     └──────────────── at once when something was cleaned, otherwise after a rest ◀──────────────┘
/// ```
public final class Cleaner {
    /// A partition whose log may be a compacted one. Immutable.
    ///
    /// @param shard owns it
    /// @param log asked on the shard: empty when the log is not open, or not compacted
    public record Target(PartitionName name, Shard shard, Supplier<Optional<CleanableLog>> log) {}

    /// The world around the cleaner.
    ///
    /// @param home where it decides
    /// @param workers where logs are read and written; as many threads as logs are cleaned at the same time
    /// @param secret0 for the hash of keys, with `secret1`
    public record Surroundings(Shard home, Executor workers, Clock clock, long secret0, long secret1) {}

    private record Candidate(Target target, CleanableLog log, CleanableLog.Dirt dirt, boolean isOverdue) {
        /// Those that have waited too long come before the dirtiest.
        double urgency() {
            return dirt.ratio() + (isOverdue ? 1 : 0);
        }
    }

    private record Fault(CleanableLog log, long segmentBaseOffset, String reason) {}

    private static final Logger LOGGER = LoggerFactory.getLogger(Cleaner.class);
    /// So many logs are measured in one turn of a shard; requests have their turns in between.
    private static final int LOGS_PER_TURN = 64;
    private static final int MIN_WINDOW_BYTES = 128;

    private final Surroundings surroundings;
    private final Supplier<List<Target>> targets;
    private final Throttle throttle = new Throttle();
    private final Map<PartitionName, CleaningRun> running = new HashMap<>();
    private final Map<PartitionName, Fault> faults = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile CleanerSettings settings;
    private volatile CleanerStatus status = CleanerStatus.NONE;
    private volatile boolean isStopped;
    private boolean isLooking;
    private Timers.Scheduled next = () -> {};

    /// @param targets all partitions that may be cleaned; asked at home
    public Cleaner(Surroundings surroundings, CleanerSettings settings, Supplier<List<Target>> targets) {
        this.surroundings = surroundings;
        this.settings = settings;
        this.targets = targets;
    }

    /// Begins to look for dirty logs.
    public void start() {
        home().execute(this::rest);
    }

    /// Begins nothing more; done when what is under way has come to a place where it may be left.
    public CompletableFuture<Void> stop() {
        home().execute(() -> {
            isStopped = true;
            next.cancel();
            running.values().forEach(CleaningRun::hurry);
            completeIfEnded();
        });
        return ended;
    }

    /// The operator wants something else.
    public void configure(CleanerSettings changed) {
        settings = changed;
    }

    public CleanerStatus status() {
        return status;
    }

    Shard home() {
        return surroundings.home();
    }

    Executor workers() {
        return surroundings.workers();
    }

    Clock clock() {
        return surroundings.clock();
    }

    boolean isStopped() {
        return isStopped;
    }

    /// How long whoever read and wrote so many bytes has to wait.
    long delayMs(long bytes) {
        return throttle.delayMs(bytes, settings.maxBytesPerSecond(), clock().monotonicNs());
    }

    private void rest() {
        next.cancel();
        if (!isStopped) {
            next = home().schedule(settings.backoffMs(), this::look);
        }
    }

    private void look() {
        if (isStopped || isLooking) {
            return;
        }
        int free = settings.threads() - running.size();
        if (!settings.isEnabled() || free <= 0) {
            rest();
            return;
        }
        isLooking = true;
        Map<Shard, Queue<Target>> byShard = new LinkedHashMap<>();
        for (Target target : targets.get()) {
            if (!running.containsKey(target.name())) {
                byShard.computeIfAbsent(target.shard(), owner -> new ArrayDeque<>()).add(target);
            }
        }
        Round round = new Round(byShard.size());
        byShard.forEach((owner, left) -> owner.execute(() -> round.measureSome(owner, left, new ArrayList<>())));
        if (byShard.isEmpty()) {
            isLooking = false;
            rest();
        }
    }

    /// One look at all logs. Owned by home but for [#measureSome].
    private final class Round {
        private final List<Candidate> candidates = new ArrayList<>();
        private int missing;

        Round(int shards) {
            this.missing = shards;
        }

        void measureSome(Shard owner, Queue<Target> left, List<Candidate> found) {
            for (int i = 0; i < LOGS_PER_TURN && !left.isEmpty(); i++) {
                measure(left.remove()).ifPresent(found::add);
            }
            if (left.isEmpty()) {
                home().execute(() -> add(found));
            } else {
                owner.execute(() -> measureSome(owner, left, found));
            }
        }

        private Optional<Candidate> measure(Target target) {
            try {
                Optional<CleanableLog> log = target.log().get();
                if (log.isEmpty()) {
                    return Optional.empty();
                }
                long nowMs = clock().wallMs();
                CleanableLog.Dirt dirt = log.get().measure(nowMs);
                LogSettings.Compaction wanted = log.get().settings().compaction();
                boolean isOverdue = 0 < dirt.dirtyBytes() && dirt.oldestDirtyMs() < nowMs
                        && wanted.maxLagMs() < nowMs - dirt.oldestDirtyMs();
                boolean isDirty = wanted.minDirtyRatio() < dirt.ratio();
                return isOverdue || isDirty
                        ? Optional.of(new Candidate(target, log.get(), dirt, isOverdue))
                        : Optional.empty();
            } catch (StorageFailed e) {
                return Optional.empty();
            }
        }

        private void add(List<Candidate> found) {
            candidates.addAll(found);
            missing--;
            if (missing == 0) {
                isLooking = false;
                choose(candidates);
            }
        }
    }

    private void choose(List<Candidate> candidates) {
        candidates.removeIf(this::isSetAside);
        candidates.sort(Comparator.comparingDouble(Candidate::urgency).reversed());
        int free = settings.threads() - running.size();
        for (Candidate candidate : candidates.subList(0, Math.clamp(free, 0, candidates.size()))) {
            if (!isStopped) {
                begin(candidate.target(), candidate.log());
            }
        }
        rest();
    }

    private boolean isSetAside(Candidate candidate) {
        PartitionName name = candidate.target().name();
        Fault fault = faults.get(name);
        if (fault == null) {
            return false;
        }
        boolean isSame = fault.log == candidate.log()
                && candidate.dirt().firstOffset() <= fault.segmentBaseOffset
                && fault.segmentBaseOffset < candidate.dirt().endOffset();
        if (!isSame) {
            faults.remove(name);
            publish(status);
        }
        return isSame;
    }

    private void begin(Target target, CleanableLog log) {
        CleaningRun run = new CleaningRun(this, log, clock().wallMs(), clock().monotonicMs());
        running.put(target.name(), run);
        publish(status);
        target.shard().execute(() -> {
            Optional<CleaningPlan> plan;
            try {
                plan = log.plan(clock().wallMs());
            } catch (StorageFailed e) {
                plan = Optional.empty();
            }
            plan.ifPresentOrElse(made -> run.clean(made, cleaning(made)), run::nothing);
        });
    }

    private LogCleaning cleaning(CleaningPlan plan) {
        CleanerSettings now = settings;
        KeyHash hash = new KeyHash(surroundings.secret0(), surroundings.secret1());
        KeyOffsets lastOffsets = new KeyOffsets(now.dedupeBytes() / now.threads(), now.loadFactor(), hash);
        int windowBytes = Math.max(MIN_WINDOW_BYTES, now.windowBytes() / now.threads());
        return new LogCleaning(plan, lastOffsets, windowBytes, clock().wallMs());
    }

    /// A cleaning has ended. At home.
    void ended(CleaningRun run, CleaningRun.Result result) {
        running.remove(run.name());
        switch (result) {
            case CleaningRun.Result.Cleaned(LogCleaning done) -> {
                faults.remove(run.name());
                CleanerStatus before = status;
                publish(
                        new CleanerStatus(before.cleanings() + 1, before.failures(),
                                before.bytesRead() + done.bytesRead(), before.bytesKept() + done.bytesKept(),
                                before.recordsRead() + done.recordsRead(), before.recordsKept() + done.recordsKept(),
                                List.of(), List.of()));
                look();
            }
            case CleaningRun.Result.SetAside(long segmentBaseOffset, String reason) -> {
                LOGGER.error(
                        "log '{}' cannot be compacted: {}; it is left alone until its segments change or the broker is "
                                + "started again, and goes on to be written and read",
                        run.name(), reason);
                faults.put(run.name(), new Fault(run.log(), segmentBaseOffset, reason));
                CleanerStatus before = status;
                publish(
                        new CleanerStatus(before.cleanings(), before.failures() + 1, before.bytesRead(),
                                before.bytesKept(), before.recordsRead(), before.recordsKept(), List.of(),
                                List.of()));
                look();
            }
            case CleaningRun.Result.LeftOff() -> publish(status);
        }
        completeIfEnded();
    }

    private void publish(CleanerStatus figures) {
        List<CleanerStatus.Running> now = running.values()
                .stream()
                .map(run -> new CleanerStatus.Running(run.name(), run.beganMs()))
                .toList();
        List<CleanerStatus.SetAside> aside = new ArrayList<>();
        faults.forEach((name, fault) -> aside.add(new CleanerStatus.SetAside(name, fault.reason)));
        status = new CleanerStatus(figures.cleanings(), figures.failures(), figures.bytesRead(), figures.bytesKept(),
                figures.recordsRead(), figures.recordsKept(), now, List.copyOf(aside));
    }

    private void completeIfEnded() {
        if (isStopped && running.isEmpty()) {
            ended.complete(null);
        }
    }
}
