package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class MemberWatchTest {
    private static final int HERE = 1;
    private static final int MEMBER = 2;

    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    private final List<Integer> gone = new ArrayList<>();
    private final MemberWatch watch = new MemberWatch(peers, TestPeers::addressOf, shard, 1_000, gone::add);

    /// The member says something, on a connection of its own to this node.
    private void say() {
        peers.listen(HERE, (request, responder) -> watch.heard(MEMBER, request.connection()));
        PeerConnection connection = peers.open(TestPeers.addressOf(HERE), shard);
        connection.send(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData(), 60_000,
                new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        throw new AssertionError("nobody answers");
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        // The connection has closed.
                    }
                });
        shard.runAll();
    }

    @Test
    void aMemberWhoseConnectionClosesAndWhoDoesNotListenAnyMoreIsGone() {
        say();
        peers.end(MEMBER);
        peers.closeConnections(HERE);
        shard.advance(1_000);

        assertThat(gone).containsExactly(MEMBER);
    }

    @Test
    void aMemberThatIsCutOffIsNotGone() {
        say();
        peers.blackhole(MEMBER);
        peers.closeConnections(HERE);
        shard.advance(60_000);

        assertThat(gone).isEmpty();
    }
}
