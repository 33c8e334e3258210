package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.TestConnection;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
    /// Before what is done on the other shard.
    private final StartGate gateBeforeOther = new StartGate(
            (request, responder) -> other.run(() -> handled.add(request.correlationId())), List.of(shard, other));

    /// It is on its way from the gate to the other shard.
    private void letTheFirstInBeforeOther() {
        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 1));
        gateBeforeOther.open();
        shard.runAll();
    }

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
        letTheFirstInBeforeOther();

        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 2));
        runAll();
        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 3));

        assertThat(handled).containsExactly(1, 2, 3);
    }

    /// Each request comes before the last one is through.
    @Test
    void whoComesAllTheTimeGoesStraightInOnceTheFirstAreThrough() {
        List<String> log = new ArrayList<>();
        Connection busy = new NumberedConnection(2);
        Connection calm = new NumberedConnection(3);
        Connection late = new NumberedConnection(4);
        StartGate busyGate = new StartGate(
                (request, responder) -> log.add(request.connection().id() + ":" + request.correlationId()),
                List.of(shard, other));
        other.enter(() -> ask(busyGate, ApiKeys.PRODUCE, 1, busy));
        other.enter(() -> ask(busyGate, ApiKeys.PRODUCE, 1, calm));
        busyGate.open();
        for (int i = 2; i <= 30; i++) {
            int number = i;
            other.enter(() -> ask(busyGate, ApiKeys.PRODUCE, number, busy));
            shard.runOne();
            other.runOne();
        }

        other.enter(() -> ask(busyGate, ApiKeys.PRODUCE, 31, busy));
        other.enter(() -> ask(busyGate, ApiKeys.PRODUCE, 2, calm));
        shard.enter(() -> ask(busyGate, ApiKeys.PRODUCE, 1, late));

        assertThat(log).endsWith("2:29", "2:30", "2:31", "3:2", "4:1");
    }

    @Test
    void whoWasHeldBackIsNotOvertakenByTheNext() {
        letTheFirstInBeforeOther();
        other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, 2));

        for (int i = 3; i <= 20; i++) {
            int number = i;
            shard.runOne();
            other.runOne();
            other.enter(() -> ask(gateBeforeOther, ApiKeys.PRODUCE, number));
        }

        assertThat(handled).containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
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
        ask(asked, api, number, new NumberedConnection(1));
    }

    private static void ask(StartGate asked, ApiKeys api, int number, Connection connection) {
        asked.handle(
                new Request(api, api.latestVersion(), number, "test", new ProduceRequestData(), connection),
                new Silence());
    }

    private static final class NumberedConnection extends TestConnection {
        private final long id;

        NumberedConnection(long id) {
            super(Principal.ANONYMOUS);
            this.id = id;
        }

        @Override
        public long id() {
            return id;
        }
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
