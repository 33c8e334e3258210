package io.girok.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `girok quota remove`.
@Command(name = "remove", description = "Remove all quotas of a user, a client id, both together, or an address.")
final class QuotaRemove implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    QuotaTarget target = new QuotaTarget();

    @Override
    public void run() {
        ClientQuotaEntity entity = target.entity();
        try (Admin admin = client.admin()) {
            ClientQuotaFilter exactly = ClientQuotaFilter.containsOnly(
                    entity.entries().entrySet().stream().map(QuotaRemove::component).toList());
            Map<String, Double> present = Answers.of(admin.describeClientQuotas(exactly).entities())
                    .getOrDefault(entity, Map.of());
            if (present.isEmpty()) {
                throw Failure.of("there is no quota of " + QuotaList.describe(entity));
            }
            List<ClientQuotaAlteration.Op> removals = present.keySet()
                    .stream()
                    .map(key -> new ClientQuotaAlteration.Op(key, null))
                    .toList();
            Answers.of(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, removals))).all());
        }
    }

    private static ClientQuotaFilterComponent component(Map.Entry<String, String> entry) {
        return entry.getValue() == null
                ? ClientQuotaFilterComponent.ofDefaultEntity(entry.getKey())
                : ClientQuotaFilterComponent.ofEntity(entry.getKey(), entry.getValue());
    }
}
