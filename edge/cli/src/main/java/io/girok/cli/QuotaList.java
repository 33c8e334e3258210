package io.girok.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok quota list`.
@Command(name = "list", description = "List all quotas.")
final class QuotaList implements Runnable {
    private static final String DEFAULT = "(default)";

    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Map<String, ClientQuotaEntity> inOrder = new TreeMap<>();
            Map<ClientQuotaEntity, Map<String, Double>> quotas = Answers
                    .of(admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
            quotas.keySet().forEach(entity -> inOrder.put(describe(entity), entity));
            if (json) {
                output.line(Json.of(inOrder.values()
                        .stream()
                        .map(entity -> Json.object("entity", entity.entries(), "quotas", quotas.get(entity)))
                        .toList()));
                return;
            }
            Table table = Table.of("WHO", "QUOTA", "A SECOND");
            inOrder.forEach((who, entity) -> new TreeMap<>(quotas.get(entity))
                    .forEach((key, value) -> table.row(who, key, number(value))));
            table.print(output);
        }
    }

    /// `user alice, client-id (default)`.
    static String describe(ClientQuotaEntity entity) {
        return new TreeMap<>(entity.entries()).descendingMap()
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + " " + (entry.getValue() == null ? DEFAULT : entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
