package io.girok.security.quota;

import io.girok.base.Clock;
import io.girok.base.RateMeter;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.quota.QuotaKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What clients use of this broker, held against their quotas. Thread-safe; its limits follow the metadata.
///
/// Whoever uses more than its share is not refused, but asked to wait: it is told for how long, and for so long nothing
/// is read from its connection (KIP-219).
public final class ClientQuotas implements MetadataStore.Subscriber {
    /// So many meters may be there before those that nobody owes anything on are dropped: client ids are strangers'
    /// words.
    private static final int FIRST_SWEEP = 10_000;

    private final Clock clock;
    private final long burstMs;
    private final long mutationBurstMs;
    private final Map<QuotaKind, Map<QuotaTable.Quota, RateMeter>> meters = new EnumMap<>(QuotaKind.class);
    private final AtomicInteger nextSweep = new AtomicInteger(FIRST_SWEEP);
    private volatile QuotaTable table = QuotaTable.EMPTY;

    /// @param burstMs over how long a time a client may be above its rate, having been below it before
    /// @param mutationBurstMs the same of [QuotaKind#MUTATION]
    public ClientQuotas(Clock clock, long burstMs, long mutationBurstMs) {
        this.clock = clock;
        this.burstMs = burstMs;
        this.mutationBurstMs = mutationBurstMs;
        for (QuotaKind kind : QuotaKind.values()) {
            meters.put(kind, new ConcurrentHashMap<>());
        }
    }

    /// Whether any request may have to be counted.
    public boolean limitRequests() {
        return table.limitsRequests();
    }

    /// Whether anybody has a quota of that kind.
    public boolean has(QuotaKind kind) {
        return table.has(kind);
    }

    /// Counts `amount`, or gives it back if it is negative; answers for how many milliseconds the client is to wait, 0
    /// for not at all.
    public long count(QuotaKind kind, String user, String clientId, double amount) {
        return count(kind, table.find(kind, user, clientId), amount);
    }

    /// What [#count] would answer; counts nothing.
    public long waitMs(QuotaKind kind, String user, String clientId, double amount) {
        QuotaTable.Quota quota = table.find(kind, user, clientId);
        return quota == null ? 0 : meter(kind, quota).waitMs(amount, clock.monotonicNs());
    }

    /// Counts a connection from `address`; answers for how many milliseconds it is to wait.
    public long countConnection(String address) {
        return count(QuotaKind.CONNECTION, table.find(QuotaKind.CONNECTION, address), 1);
    }

    private long count(QuotaKind kind, QuotaTable.@Nullable Quota quota, double amount) {
        return quota == null ? 0 : meter(kind, quota).count(amount, clock.monotonicNs());
    }

    private RateMeter meter(QuotaKind kind, QuotaTable.Quota quota) {
        Map<QuotaTable.Quota, RateMeter> known = meters(kind);
        if (nextSweep.get() < known.size()) {
            sweep(known);
        }
        long burst = kind == QuotaKind.MUTATION ? mutationBurstMs : burstMs;
        return known.computeIfAbsent(quota, first -> new RateMeter(quota.rate(), burst));
    }

    private Map<QuotaTable.Quota, RateMeter> meters(QuotaKind kind) {
        return Objects.requireNonNull(meters.get(kind));
    }

    int meterCount(QuotaKind kind) {
        return meters(kind).size();
    }

    private void sweep(Map<QuotaTable.Quota, RateMeter> known) {
        long now = clock.monotonicNs();
        known.values().removeIf(meter -> meter.isUnused(now));
        nextSweep.set(Math.max(FIRST_SWEEP, 2 * known.size()));
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        if (delta.changedConfigs().stream().anyMatch(target -> target.kind() == ConfigTarget.Kind.QUOTA)) {
            table = QuotaTable.of(image);
            // What was counted under a rate that holds no longer is in meters that nobody asks for again.
            long now = clock.monotonicNs();
            meters.values().forEach(known -> known.values().removeIf(meter -> meter.isUnused(now)));
        }
    }
}
