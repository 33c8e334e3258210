package io.girok.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final Queue<CompletableFuture<ProducerIds.Block>> asked = new ArrayDeque<>();
    private final List<Long> given = new ArrayList<>();
    private final ProducerIds ids = new ProducerIds(shard, () -> {
        CompletableFuture<ProducerIds.Block> block = new CompletableFuture<>();
        asked.add(block);
        return block;
    });

    @Test
    void whoeverComesWhileABlockIsAskedForWaitsForIt() {
        ask(3);
        assertThat(asked).hasSize(1);

        answer(new ProducerIds.Block(10, 2));
        assertThat(given).containsExactly(10L, 11L);
        answer(new ProducerIds.Block(50, 2));

        assertThat(given).containsExactly(10L, 11L, 50L);
        ask(1);
        assertThat(given).containsExactly(10L, 11L, 50L, 51L);
        assertThat(asked).isEmpty();
    }

    @Test
    void withoutAControllerNobodyWaitsForEver() {
        ask(2);

        asked.remove().completeExceptionally(new IllegalStateException("no leader"));
        shard.runAll();

        assertThat(given).containsExactly(ProducerIds.NONE, ProducerIds.NONE);
        ask(1);
        answer(new ProducerIds.Block(7, 1));
        assertThat(given).endsWith(7L);
    }

    private void ask(int count) {
        for (int i = 0; i < count; i++) {
            ids.next(given::add);
        }
        shard.runAll();
    }

    private void answer(ProducerIds.Block block) {
        asked.remove().complete(block);
        shard.runAll();
    }
}
