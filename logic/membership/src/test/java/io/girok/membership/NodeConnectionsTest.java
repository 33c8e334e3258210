package io.girok.membership;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.wire.NodeAddress;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Node 1 says something about the metadata to node 4, which is not where everybody says.
class NodeConnectionsTest {
    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    /// Where node 4 is said to be, by the nodes whose own places these are.
    private final List<Integer> said = new ArrayList<>();
    private final NodeAddresses addresses = new NodeAddresses() {
        @Override
        public NodeAddress of(int nodeId) {
            return said.isEmpty() ? null : TestPeers.addressOf(said.getFirst());
        }

        @Override
        public List<NodeAddress> all(int nodeId) {
            return said.stream().map(TestPeers::addressOf).toList();
        }
    };
    private final QuorumTransport transport = new QuorumTransport(1, peers, addresses, shard, 1_000);
    private final ControllerChannel channel = new ControllerChannel(
            new ControllerChannel.Route(1, () -> new Leadership(4, 3, false), peers, addresses), shard);
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void cutBackward() {
        // Who has heard node 1 asks after it when the connection ends.
        peers.cut(1);
    }

    /// At the place of node `place`, node `nodeId` takes what is said.
    private void listen(int place, int nodeId) {
        EnvelopeHandler handler = new EnvelopeHandler(
                new ControllerChannel(new ControllerChannel.Route(nodeId, () -> new Leadership(-1, 0, false), peers,
                        TestPeers::addressOf), shard),
                () -> new ApiTable(List.of()),
                message -> {
                    heard.add("node " + nodeId + " at " + place + ": " + new String(message, UTF_8));
                    return CompletableFuture.completedFuture(message);
                },
                new MemberWatch(peers, TestPeers::addressOf, shard, 1_000, gone -> {}),
                message -> new CompletableFuture<>());
        peers.listen(place, handler::handle);
    }

    private boolean say(String text) {
        CompletableFuture<byte[]> answer = transport.send(4, text.getBytes(UTF_8));
        shard.runAll();
        return answer.isDone() && !answer.isCompletedExceptionally();
    }

    @Test
    void wherePlacesDifferTheyAreTriedInTurnAndTheRightOneIsKept() {
        said.addAll(List.of(7, 4));
        peers.end(7);
        listen(4, 4);

        assertThat(say("a")).isFalse();
        assertThat(say("b")).isTrue();
        peers.closeConnections(4);
        assertThat(say("c")).isTrue();

        assertThat(heard).containsExactly("node 4 at 4: b", "node 4 at 4: c");
    }

    @Test
    void whatIsMeantForAnotherNodeIsNotTaken() {
        said.addAll(List.of(7, 4));
        listen(7, 7);
        listen(4, 4);

        assertThat(say("a")).isFalse();
        assertThat(say("b")).isTrue();

        assertThat(heard).containsExactly("node 4 at 4: b");
    }

    @Test
    void aControllerIsLookedForElsewhereWhereWhoeverAnswersSaysThatItIsNone() {
        said.addAll(List.of(7, 4));
        peers.listen(7, (request, responder) -> responder.respond(
                new BrokerHeartbeatResponseData().setErrorCode(Errors.NOT_CONTROLLER.code())));
        peers.listen(4, (request, responder) -> responder.respond(new BrokerHeartbeatResponseData()));

        assertThat(beat()).isEqualTo(Errors.NOT_CONTROLLER);
        shard.advance(1_000);
        assertThat(beat()).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(beat()).isEqualTo(Errors.NONE);
        assertThat(beat()).isEqualTo(Errors.NONE);
    }

    @Test
    void aControllerThatIsNotReadyYetIsKept() {
        said.addAll(List.of(4, 7));
        peers.end(7);
        Set<Long> connections = new HashSet<>();
        AtomicBoolean isReady = new AtomicBoolean();
        peers.listen(4, (request, responder) -> {
            connections.add(request.connection().id());
            responder.respond(new BrokerHeartbeatResponseData()
                    .setErrorCode((isReady.get() ? Errors.NONE : Errors.NOT_CONTROLLER).code()));
        });

        beat();
        shard.advance(500);
        assertThat(beat()).isEqualTo(Errors.NOT_CONTROLLER);
        isReady.set(true);
        assertThat(beat()).isEqualTo(Errors.NONE);
        isReady.set(false);
        shard.advance(1_000);
        assertThat(beat()).as("that was another time").isEqualTo(Errors.NOT_CONTROLLER);
        isReady.set(true);
        assertThat(beat()).isEqualTo(Errors.NONE);

        assertThat(connections).hasSize(1);
    }

    /// Until that one is left for the next place.
    ///
    /// @param late takes those whom it owes an answer
    private CompletableFuture<ApiMessage> forwardToWhoDeniesHeartbeats(List<Responder> late) {
        said.addAll(List.of(7, 4));
        peers.listen(7, (request, responder) -> {
            if (request.api() == ApiKeys.ENVELOPE) {
                late.add(responder);
            } else {
                responder.respond(new BrokerHeartbeatResponseData().setErrorCode(Errors.NOT_CONTROLLER.code()));
            }
        });
        peers.listen(4, (request, responder) -> responder.respond(new BrokerHeartbeatResponseData()));
        CompletableFuture<ApiMessage> forwarded = channel.ask(ApiKeys.ENVELOPE, (short) 0, new EnvelopeRequestData(),
                60_000);
        beat();
        shard.advance(1_000);
        beat();
        return forwarded;
    }

    @Test
    void whoWaitsForAnAnswerGetsItAlthoughOthersAreDenied() {
        List<Responder> late = new ArrayList<>();
        CompletableFuture<ApiMessage> forwarded = forwardToWhoDeniesHeartbeats(late);
        assertThat(beat()).isEqualTo(Errors.NONE);
        assertThat(forwarded).isNotDone();

        late.getFirst().respond(new EnvelopeResponseData());
        shard.runAll();

        assertThat(forwarded).isCompleted();
        assertThat(peers.connectionCount(7)).isZero();
    }

    @Test
    void whoWaitsWhereNobodyIsAskedAnyMoreIsToldOfTheEnd() {
        CompletableFuture<ApiMessage> forwarded = forwardToWhoDeniesHeartbeats(new ArrayList<>());
        beat();

        channel.close();
        shard.runAll();

        assertThat(forwarded).isCompletedExceptionally();
    }

    @Test
    void aControllerThatIsOneNoMoreIsKeptWhereThereIsNoOtherPlaceToLook() {
        said.add(4);
        List<Long> connections = new ArrayList<>();
        peers.listen(4, (request, responder) -> {
            connections.add(request.connection().id());
            responder.respond(new BrokerHeartbeatResponseData().setErrorCode(Errors.NOT_CONTROLLER.code()));
        });

        beat();
        beat();

        assertThat(connections).hasSize(2).containsOnly(connections.getFirst());
    }

    /// Node 1 sends a heartbeat to node 4, which leads as far as it knows.
    private Errors beat() {
        CompletableFuture<ApiMessage> answer = channel.ask(ApiKeys.BROKER_HEARTBEAT, (short) 1,
                new BrokerHeartbeatRequestData(), 1_000);
        shard.runAll();
        return Errors.forCode(((BrokerHeartbeatResponseData) answer.join()).errorCode());
    }

    @Test
    void aPlaceThatNobodyNamesAnyMoreIsLeft() {
        said.add(7);
        listen(7, 4);
        listen(4, 4);
        say("a");

        said.set(0, 4);
        say("b");

        assertThat(heard).containsExactly("node 4 at 7: a", "node 4 at 4: b");
        said.clear();
        assertThat(say("c")).isFalse();
    }

    @Test
    void whoIsTrustedMostIsAskedFirst() {
        NodeAddress first = TestPeers.addressOf(1);
        NodeAddress second = TestPeers.addressOf(2);

        NodeAddresses ordered = NodeAddresses.inOrder(List.of(id -> id == 4 ? first : null, id -> second, id -> first));

        assertThat(ordered.of(4)).isEqualTo(first);
        assertThat(ordered.of(5)).isEqualTo(second);
        assertThat(ordered.all(4)).containsExactly(first, second);
        assertThat(ordered.all(5)).containsExactly(second, first);
    }

    @Test
    void aBrokerIsWhereItHasRegisteredItself() {
        NodeAddress registered = TestPeers.addressOf(1);
        NodeAddress set = TestPeers.addressOf(2);

        NodeAddresses addresses = NodeAddresses.inOrder(List.of(id -> id == 4 ? registered : null, id -> set))
                .withBrokers(id -> id == 4 ? registered : null);

        assertThat(addresses.ofBroker(4)).containsExactly(registered);
        assertThat(addresses.ofBroker(5)).containsExactly(set);
        assertThat(addresses.all(4)).containsExactly(registered, set);
        assertThat(addresses.of(4)).isEqualTo(registered);
    }
}
