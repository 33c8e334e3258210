package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private static final int NODE = 2;
    private static final long LIMIT_MS = 1_000;

    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    private final List<String> told = new ArrayList<>();
    /// By the nodes whose own places these are.
    private final List<Integer> places = new ArrayList<>(List.of(NODE));
    private final Probe probe = new Probe(peers, NodeAddresses.inOrder(List.of(id -> place(0), id -> place(1))), shard,
            LIMIT_MS);

    private @Nullable NodeAddress place(int index) {
        return index < places.size() ? TestPeers.addressOf(places.get(index)) : null;
    }

    private void ask() {
        shard.enter(() -> probe.ask(NODE, () -> told.add("gone")));
    }

    @Test
    void whereNobodyListensTheProcessIsGone() {
        peers.end(NODE);

        ask();
        shard.runAll();

        assertThat(told).containsExactly("gone");
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

        assertThat(told).containsExactly("gone");
    }

    @Test
    void aProcessThatDiesAfterItsAnswerIsNoticed() {
        peers.listen(NODE, (request, responder) -> responder.respond(new ApiVersionsResponseData()));
        ask();
        shard.advance(10_000);
        assertThat(told).isEmpty();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone");
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

        assertThat(told).containsExactly("gone");
    }

    @Test
    void whoIsWatchedIsAskedOnce() {
        peers.cut(NODE);
        ask();
        ask();

        peers.end(NODE);
        shard.advance(100);

        assertThat(told).containsExactly("gone");
    }
}
