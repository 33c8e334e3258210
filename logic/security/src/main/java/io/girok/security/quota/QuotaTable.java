package io.girok.security.quota;

import io.girok.base.DistinctText;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.metadata.quota.QuotaKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The quotas of an image, and which of them holds for whom. Immutable.
final class QuotaTable {
    static final QuotaTable EMPTY = new QuotaTable(new EnumMap<>(QuotaKind.class));

    /// Of a name that something is counted for: it may be a stranger's, and have 32,767 characters.
    static final int MAX_KEPT_CHARACTERS = 256;

    /// A quota that holds for somebody.
    ///
    /// @param shared who use it up together: those that the name of the entity it is set on is true of; where that is
    ///        a default, each name for itself
    record Quota(QuotaEntity shared, double rate) {
        static Quota of(@Nullable String user, @Nullable String clientId, double rate) {
            return new Quota(QuotaEntity.of(kept(user), kept(clientId)), rate);
        }

        private static @Nullable String kept(@Nullable String name) {
            return name == null ? null : DistinctText.of(name, MAX_KEPT_CHARACTERS);
        }
    }

    private final Map<QuotaKind, Map<QuotaEntity, Double>> rates;
    private final boolean limitsRequests;

    private QuotaTable(Map<QuotaKind, Map<QuotaEntity, Double>> rates) {
        this.rates = rates;
        this.limitsRequests = rates.keySet().stream().anyMatch(kind -> kind != QuotaKind.CONNECTION);
    }

    /// Whether there is more than limits of connections.
    boolean limitsRequests() {
        return limitsRequests;
    }

    static QuotaTable of(MetadataImage image) {
        Map<QuotaKind, Map<QuotaEntity, Double>> rates = new EnumMap<>(QuotaKind.class);
        image.configs().forEach((target, values) -> {
            if (target.kind() == ConfigTarget.Kind.QUOTA) {
                QuotaEntity entity = QuotaEntity.of(target);
                values.forEach((key, value) -> QuotaKind.find(key)
                        .ifPresent(kind -> rates.computeIfAbsent(kind, first -> new HashMap<>())
                                .put(entity, Double.parseDouble(value))));
            }
        });
        return new QuotaTable(rates);
    }

    boolean has(QuotaKind kind) {
        return rates.containsKey(kind);
    }

    /// Null when nothing limits the client. The most specific one holds, a user's before a client id's (KIP-55).
    @Nullable
    Quota find(QuotaKind kind, String user, String clientId) {
        Map<QuotaEntity, Double> known = rates.get(kind);
        if (known == null) {
            return null;
        }
        for (String userName : new String[]{user, QuotaEntity.DEFAULT}) {
            for (String clientName : new String[]{clientId, QuotaEntity.DEFAULT}) {
                Double rate = known.get(QuotaEntity.of(userName, clientName));
                if (rate != null) {
                    return Quota.of(user, clientId, rate);
                }
            }
            Double rate = known.get(QuotaEntity.of(userName, null));
            if (rate != null) {
                return Quota.of(user, null, rate);
            }
        }
        for (String clientName : new String[]{clientId, QuotaEntity.DEFAULT}) {
            Double rate = known.get(QuotaEntity.of(null, clientName));
            if (rate != null) {
                return Quota.of(null, clientId, rate);
            }
        }
        return null;
    }

    /// As [#find], for connections of an address.
    @Nullable
    Quota find(QuotaKind kind, String address) {
        Map<QuotaEntity, Double> known = rates.get(kind);
        if (known == null) {
            return null;
        }
        QuotaEntity entity = QuotaEntity.ofAddress(address);
        Double rate = known.getOrDefault(entity, known.get(QuotaEntity.ofAddress(QuotaEntity.DEFAULT)));
        return rate == null ? null : new Quota(entity, rate);
    }
}
