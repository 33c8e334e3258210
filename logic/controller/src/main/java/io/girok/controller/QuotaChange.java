package io.girok.controller;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.metadata.quota.QuotaKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides [AlterQuotas]. Stateless.
final class QuotaChange {
    private QuotaChange() {}

    static Decision<List<Result<QuotaEntity>>> handle(MetadataImage image, AlterQuotas command) {
        Draft draft = new Draft(image);
        Set<QuotaEntity> seen = new HashSet<>();
        List<Result<QuotaEntity>> results = new ArrayList<>();
        for (AlterQuotas.Alteration alteration : command.alterations()) {
            results.add(seen.add(alteration.entity())
                    ? alter(draft, alteration)
                    : Result.failed(ControllerError.INVALID_REQUEST, alteration.entity() + " is there twice"));
        }
        return draft.decision(results, command.validateOnly());
    }

    private static Result<QuotaEntity> alter(Draft draft, AlterQuotas.Alteration alteration) {
        QuotaEntity entity = alteration.entity();
        ConfigTarget target = entity.target();
        Map<String, String> before = draft.image().config(target);
        Set<String> keys = new HashSet<>();
        List<MetadataRecord> records = new ArrayList<>();
        for (AlterQuotas.Operation operation : alteration.operations()) {
            Optional<String> problem = keys.add(operation.key())
                    ? problem(entity, operation)
                    : Optional.of("quota '" + operation.key() + "' of " + entity + " is there twice");
            if (problem.isPresent()) {
                return Result.failed(ControllerError.INVALID_REQUEST, problem.get());
            }
            String value = operation.value().map(given -> Double.toString(given)).orElse(null);
            if (value == null ? before.containsKey(operation.key()) : !value.equals(before.get(operation.key()))) {
                records.add(new MetadataRecord.ConfigChanged(target, operation.key(), value));
            }
        }
        return draft.add(records) ? Result.of(entity) : Draft.tooLarge();
    }

    private static Optional<String> problem(QuotaEntity entity, AlterQuotas.Operation operation) {
        Optional<QuotaKind> kind = QuotaKind.find(operation.key());
        if (kind.isEmpty()) {
            return Optional.of("there is no quota '" + operation.key() + "'; allowed: "
                    + Arrays.stream(QuotaKind.values()).map(QuotaKind::key).toList());
        }
        return operation.value().flatMap(value -> kind.get().problem(entity, value));
    }
}
