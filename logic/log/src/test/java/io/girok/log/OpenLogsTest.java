package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Of one log there is never more than one store.
class OpenLogsTest {
    private final LogWorld world = new LogWorld();

    @Test
    void aLogIsOpenedByOneAtATime() {
        OpenLogs logs = world.openDirectory().directory.openLogs();
        logs.begin(LogWorld.NAME);

        assertThatThrownBy(world::openPartition).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("being opened");

        logs.ended(LogWorld.NAME);
        world.openPartition();
        assertThatThrownBy(world::openPartition).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open already");
        assertThat(logs.all()).containsExactly(world.store);
    }

    @Test
    void whoLetsGoOfALogNeedNotWaitForWhatIsFlushed() {
        world.open();
        world.append(1, "a");
        world.store.roll();

        CompletableFuture<Void> stopped = world.store.stopFlushing();

        assertThat(stopped).isNotDone();
        world.pool.runAll();
        assertThat(stopped).isCompleted();
        world.directory.abandon(world.store);
        world.settle();
        assertThat(world.directory.openLogs().all()).isEmpty();
        assertThat(world.directory.failure()).isEmpty();
        world.openPartition();
        assertThat(world.read(0)).containsExactly("0:a");
    }
}
