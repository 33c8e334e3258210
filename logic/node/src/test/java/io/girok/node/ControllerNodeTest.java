package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiRow;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.Settings;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ControllerNodeTest {
    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    private final InMemoryMetadataLog log = InMemoryMetadataLog.alone(shard);
    private final ControllerNode node = new ControllerNode(
            new Node.Identity(1, "the-cluster", Settings.parse(Map.of("node.id", "1"))),
            new Node.Surroundings(List.of(shard), shard, shard, shard, shard, clock, new Random(1)), List.of(),
            new Node.Quorum(store, log, message -> new CompletableFuture<>(), gone -> {}),
            new Node.Others((address, owner) -> {
                throw new AssertionError("nobody is there");
            }, id -> null));

    @Test
    void itAnswersAdministratorsAndNodesButNoClients() {
        List<ApiKeys> answered = node.table().rows().stream().map(ApiRow::api).toList();

        assertThat(answered).contains(ApiKeys.API_VERSIONS, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.CREATE_TOPICS,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS, ApiKeys.ENVELOPE, ApiKeys.BROKER_REGISTRATION,
                ApiKeys.BROKER_HEARTBEAT, ApiKeys.ALTER_PARTITION, ApiKeys.ALLOCATE_PRODUCER_IDS);
        assertThat(answered).doesNotContain(ApiKeys.METADATA, ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.JOIN_GROUP,
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS, ApiKeys.DESCRIBE_LOG_DIRS);
    }

    @Test
    void itIsThereOnceSomebodyLeadsAndIsNoBroker() {
        CompletableFuture<Void> registered = node.register(List.of());
        shard.advance(100);
        assertThat(registered).isNotDone();

        log.start(node.metadataListener());
        shard.advance(100);

        assertThat(registered).isCompleted();
        assertThat(store.image().brokers()).isEmpty();
    }

    @Test
    void whoStopsItNeedNotWait() {
        assertThat(node.leave()).isCompleted();
        assertThat(node.stop()).isCompleted();
    }
}
