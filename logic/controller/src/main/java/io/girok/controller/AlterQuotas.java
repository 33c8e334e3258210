package io.girok.controller;

import io.girok.metadata.quota.QuotaEntity;
import java.util.List;
import java.util.Optional;

/// Sets and removes quotas, each entity by itself; the answers are in the order of the alterations.
///
/// @param validateOnly decide, but change nothing
public record AlterQuotas(List<Alteration> alterations, boolean validateOnly)
        implements
            Command<List<Result<QuotaEntity>>> {
    public AlterQuotas {
        alterations = List.copyOf(alterations);
    }

    /// What is to become of one entity's quotas: all of it, or nothing.
    public record Alteration(QuotaEntity entity, List<Operation> operations) {
        public Alteration {
            operations = List.copyOf(operations);
        }
    }

    /// One quota.
    ///
    /// @param key as the protocol names it
    /// @param value empty to remove it
    public record Operation(String key, Optional<Double> value) {}
}
