package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.TestConnection;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class StartGateTest {
    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final SimulatedShard other = new SimulatedShard(clock);
    private final List<Integer> handled = new ArrayList<>();
    private final StartGate gate = new StartGate((request, responder) -> handled.add(request.correlationId()),
            List.of(shard, other));

    @Test
    void whatHasWaitedComesInItsOrder() {
        ask(ApiKeys.PRODUCE, 1);
        ask(ApiKeys.PRODUCE, 2);
        ask(ApiKeys.PRODUCE, 3);
        shard.runAll();
        assertThat(handled).isEmpty();

        gate.open();
        shard.runAll();

        assertThat(handled).containsExactly(1, 2, 3);
    }

    @Test
    void nobodyOvertakesWhoIsOnTheWayThroughTheGate() {
        ask(ApiKeys.PRODUCE, 1);
        gate.open();
        ask(ApiKeys.PRODUCE, 2);
        shard.runOne();
        ask(ApiKeys.PRODUCE, 3);
        runAll();
        ask(ApiKeys.PRODUCE, 4);

        assertThat(handled).containsExactly(1, 2, 3, 4);
    }

    @Test
    void nobodyOvertakesWhoIsOnTheWayFromTheGateToAnotherShard() {
        List<Integer> done = new ArrayList<>();
        StartGate gateBeforeOther = new StartGate(
                (request, responder) -> other.run(() -> done.add(request.correlationId())), List.of(shard, other));
        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 1));
        gateBeforeOther.open();
        shard.runAll();

        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 2));
        runAll();
        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 3));

        assertThat(done).containsExactly(1, 2, 3);
    }

    private void runAll() {
        while (!shard.isIdle() || !other.isIdle()) {
            shard.runAll();
            other.runAll();
        }
    }

    @Test
    void nodesNeedNotWait() {
        ask(ApiKeys.BROKER_HEARTBEAT, 1);

        assertThat(handled).containsExactly(1);
    }

    private void ask(ApiKeys api, int number) {
        ask(gate, api, number);
    }

    private static void ask(StartGate asked, ApiKeys api, int number) {
        asked.handle(
                new Request(api, api.latestVersion(), number, "test", new ProduceRequestData(),
                        new TestConnection(Principal.ANONYMOUS)),
                new Silence());
    }

    private static final class Silence implements Responder {
        @Override
        public void respond(ApiMessage body) {
            throw new AssertionError("nobody answers here");
        }

        @Override
        public void respondNothing() {
            throw new AssertionError("nobody answers here");
        }

        @Override
        public void closeConnection(String reason) {
            throw new AssertionError("nobody answers here");
        }
    }
}
