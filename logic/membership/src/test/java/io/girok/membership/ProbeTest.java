package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private static final int NODE = 2;
    private static final long LIMIT_MS = 1_000;

    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    private final List<String> told = new ArrayList<>();
    /// By the nodes whose own places these are.
    private final List<Integer> places = new ArrayList<>(List.of(NODE));
    private final Probe probe = new Probe(peers, shard, LIMIT_MS);
    /// Which of its processes the node has now.
    private int process = 1;

    private void ask() {
        shard.enter(() -> probe.ask(NODE, this::suspicion));
    }

    private Probe.Suspicion suspicion() {
        int present = process;
        return new Probe.Suspicion(places.stream().map(TestPeers::addressOf).toList(),
                () -> told.add("gone " + present));
    }

    @Test
    void whereNobodyListensTheProcessIsGone() {
        peers.end(NODE);

        ask();
        shard.runAll();

        assertThat(told).containsExactly("gone 1");
    }

    @Test
    void aNodeToWhichThereIsNoWayMayLive() {
        peers.blackhole(NODE);

        ask();
        shard.advance(60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void aNodeThatDoesNotAnswerMayLive() {
        peers.cut(NODE);

        ask();
        shard.advance(60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void aProcessThatDiesWhileItIsAskedIsAskedAgain() {
        peers.cut(NODE);
        ask();
        shard.advance(10);

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone 1");
    }

    @Test
    void aProcessThatDiesAfterItsAnswerIsNoticed() {
        peers.listen(NODE, (request, responder) -> responder.respond(new ApiVersionsResponseData()));
        ask();
        shard.advance(10_000);
        assertThat(told).isEmpty();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone 1");
    }

    @Test
    void aNodeThatHasMovedIsNotGoneWhereNobodyListensAtItsOldPlace() {
        places.addFirst(7);
        peers.end(7);
        peers.listen(NODE, (request, responder) -> responder.respond(new ApiVersionsResponseData()));

        ask();
        shard.advance(60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void whereNobodyListensAtAnyOfItsPlacesTheProcessIsGone() {
        places.addFirst(7);
        peers.end(7);
        peers.cut(NODE);
        ask();
        shard.advance(10);
        assertThat(told).isEmpty();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone 1");
    }

    @Test
    void whatHasRefusedBeforeIsAskedAgain() {
        places.addFirst(7);
        peers.end(7);
        peers.cut(NODE);
        ask();
        shard.advance(10);

        // It is back there, and where it may be as well it ends what it does not answer.
        peers.listen(7, (request, responder) -> responder.respond(new ApiVersionsResponseData()));
        peers.end(NODE);
        shard.advance(60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void whoDiesIsTheProcessThatWasAskedLast() {
        peers.listen(NODE, (request, responder) -> responder.respond(new ApiVersionsResponseData()));
        ask();
        shard.runAll();
        peers.closeConnections(NODE);
        process = 2;
        shard.runAll();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone 2");
    }

    @Test
    void whoIsNowhereIsAskedNoMore() {
        places.clear();

        ask();
        shard.advance(60_000);

        assertThat(told).isEmpty();
    }

    @Test
    void whoIsWatchedIsAskedOnce() {
        peers.cut(NODE);
        ask();
        ask();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone 1");
    }
}
