package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok quota set`.
@Command(name = "set", description = "Set quotas of a user, a client id, both together, or an address.")
final class QuotaSet implements Runnable {
    static final String PRODUCE = "producer_byte_rate";
    static final String FETCH = "consumer_byte_rate";
    static final String REQUEST = "request_percentage";
    static final String CONNECTION = "connection_creation_rate";
    static final String MUTATION = "controller_mutation_rate";

    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    QuotaTarget target = new QuotaTarget();

    @Option(names = "--produce", paramLabel = "BYTES", description = "Bytes a second that it may produce.")
    @Nullable
    Long produce;

    @Option(names = "--fetch", paramLabel = "BYTES", description = "Bytes a second that it may consume.")
    @Nullable
    Long fetch;

    @Option(names = "--request-percentage", paramLabel = "PERCENT",
            description = "The share of one thread's time that its requests may take.")
    @Nullable
    Double requestPercentage;

    @Option(names = "--mutations", paramLabel = "N",
            description = "Partitions a second that it may have created and deleted.")
    @Nullable
    Double mutations;

    @Option(names = "--connections", paramLabel = "N", description = "Connections a second that an address may open.")
    @Nullable
    Integer connections;

    @Override
    public void run() {
        List<ClientQuotaAlteration.Op> changes = new ArrayList<>();
        add(changes, PRODUCE, produce);
        add(changes, FETCH, fetch);
        add(changes, REQUEST, requestPercentage);
        add(changes, MUTATION, mutations);
        add(changes, CONNECTION, connections);
        if (changes.isEmpty()) {
            throw Failure.usage("nothing to set: give --produce, --fetch, --request-percentage, --mutations or "
                    + "--connections");
        }
        ClientQuotaAlteration alteration = new ClientQuotaAlteration(target.entity(), changes);
        try (Admin admin = client.admin()) {
            Answers.of(admin.alterClientQuotas(List.of(alteration)).all());
        }
    }

    private static void add(List<ClientQuotaAlteration.Op> changes, String key, @Nullable Number value) {
        if (value != null) {
            changes.add(new ClientQuotaAlteration.Op(key, value.doubleValue()));
        }
    }
}
