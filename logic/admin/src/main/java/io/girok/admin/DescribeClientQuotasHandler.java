package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.Errors;

/// DescribeClientQuotas, versions 0 and 1 (KIP-546): the quotas of those that a filter is true of. Thread-safe.
final class DescribeClientQuotasHandler implements ApiHandler {
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final Supplier<MetadataImage> images;

    DescribeClientQuotasHandler(Supplier<MetadataImage> images) {
        this.images = images;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeClientQuotasRequestData filter = (DescribeClientQuotasRequestData) request.body();
        DescribeClientQuotasResponseData answer = new DescribeClientQuotasResponseData();
        Optional<String> problem = problem(filter.components());
        responder.respond(problem.isPresent()
                ? answer.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(problem.get()).setEntries(null)
                : answer.setEntries(entries(filter)));
    }

    private static Optional<String> problem(List<ComponentData> components) {
        Set<String> types = new HashSet<>();
        for (ComponentData component : components) {
            Optional<String> problem = QuotaEntity.problem(component.entityType(), types.add(component.entityType()));
            if (problem.isPresent()) {
                return problem;
            }
            boolean isNamed = component.match() != null;
            boolean isWellFormed = switch (component.matchType()) {
                case EXACT -> isNamed;
                case DEFAULT, ANY -> !isNamed;
                default -> false;
            };
            if (!isWellFormed) {
                return Optional.of("the filter for " + component.entityType() + " has match type "
                        + component.matchType() + " and " + (isNamed ? "a" : "no")
                        + " name; allowed: 0 with a name, 1 for the default, 2 for any");
            }
        }
        return types.contains(QuotaEntity.ADDRESS) && types.size() != 1
                ? Optional.of("no quota is one of an ip together with a user or client id")
                : Optional.empty();
    }

    private List<EntryData> entries(DescribeClientQuotasRequestData filter) {
        List<EntryData> entries = new ArrayList<>();
        for (Map.Entry<ConfigTarget, Map<String, String>> config : images.get().configs().entrySet()) {
            if (config.getKey().kind() == ConfigTarget.Kind.QUOTA) {
                QuotaEntity entity = QuotaEntity.of(config.getKey());
                if (isMeant(entity, filter)) {
                    entries.add(entry(entity, config.getValue()));
                }
            }
        }
        return entries;
    }

    private static boolean isMeant(QuotaEntity entity, DescribeClientQuotasRequestData filter) {
        Set<String> others = new HashSet<>(QuotaEntity.TYPES);
        for (ComponentData component : filter.components()) {
            others.remove(component.entityType());
            String name = entity.name(component.entityType());
            boolean isTrue = name != null && switch (component.matchType()) {
                case EXACT -> !name.equals(QuotaEntity.DEFAULT) && name.equals(component.match());
                case DEFAULT -> name.equals(QuotaEntity.DEFAULT);
                default -> true;
            };
            if (!isTrue) {
                return false;
            }
        }
        return !filter.strict() || others.stream().allMatch(type -> entity.name(type) == null);
    }

    private static EntryData entry(QuotaEntity entity, Map<String, String> quotas) {
        List<EntityData> parts = new ArrayList<>();
        for (String type : QuotaEntity.TYPES) {
            String name = entity.name(type);
            if (name != null) {
                parts.add(new EntityData().setEntityType(type)
                        .setEntityName(name.equals(QuotaEntity.DEFAULT) ? null : name));
            }
        }
        return new EntryData().setEntity(parts)
                .setValues(quotas.entrySet()
                        .stream()
                        .map(quota -> new ValueData().setKey(quota.getKey())
                                .setValue(Double.parseDouble(quota.getValue())))
                        .toList());
    }
}
