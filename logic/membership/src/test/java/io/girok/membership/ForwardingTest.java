package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestConnection;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.PeerConnection;
import io.girok.wire.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Requests that come to node 1 and that only the active controller answers, which is node 2 or node 3.
class ForwardingTest {
    private static final short VERSION = 7;

    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final TestPeers peers = new TestPeers();
    private final List<String> done = new ArrayList<>();
    /// Whom the handler that was asked took the request for.
    private final List<String> senders = new ArrayList<>();
    private final List<String> clientIds = new ArrayList<>();
    /// So many requests are answered by a controller that is not active, as it finds out.
    private int refusals;
    private boolean isClientGone;
    private boolean isBroken;
    private int leader = 2;
    /// As the others know it; node 1 knows of epoch 1 only.
    private long epoch = 1;
    private final ApiTable table = forwarding(100 << 20);

    ForwardingTest() {
        peers.listen(2, envelopes(2));
        peers.listen(3, envelopes(3));
    }

    private ApiTable forwarding(int maxFrameBytes) {
        return new ApiTable(new Forwarding(channel(1), maxFrameBytes).over(List.of(row("here"))));
    }

    private ControllerChannel channel(int nodeId) {
        return new ControllerChannel(new ControllerChannel.Route(nodeId,
                () -> new Leadership(leader, nodeId == 1 ? 1 : epoch, leader == nodeId), peers, TestPeers::addressOf),
                shard);
    }

    private ApiRow row(String where) {
        ApiHandler handler = (request, responder) -> {
            if (0 < refusals) {
                refusals--;
                responder.respond(ErrorAnswers.of(request, Errors.NOT_CONTROLLER));
                return;
            }
            if (isBroken) {
                throw new IllegalStateException("planted");
            }
            done.add(where);
            clientIds.add(request.clientId());
            senders.add(request.connection().principal() + " " + request.connection().remoteAddress() + " "
                    + request.connection().isOurOwn() + " " + request.connection().isByToken());
            responder.respond(new CreateTopicsResponseData().setTopics(
                    new CreateTopicsResponseData.CreatableTopicResultCollection(
                            List.of(new CreatableTopicResult().setName(nameIn(request))).iterator())));
        };
        return ApiRow.of(ApiKeys.CREATE_TOPICS, ApiOperation.CREATE, ApiResource.CLUSTER, handler);
    }

    private static String nameIn(Request request) {
        return ((CreateTopicsRequestData) request.body()).topics().iterator().next().name();
    }

    private io.girok.wire.RequestHandler envelopes(int nodeId) {
        ApiTable there = new ApiTable(
                new Forwarding(channel(nodeId), 100 << 20).over(List.of(row("node " + nodeId))));
        EnvelopeHandler handler = new EnvelopeHandler(channel(nodeId), () -> there,
                message -> new CompletableFuture<>(),
                new MemberWatch(peers, TestPeers::addressOf, shard, 1_000, gone -> {}),
                message -> new CompletableFuture<>());
        return handler::handle;
    }

    private TestAnswer create() {
        TestAnswer answer = TestAnswer.ask(table, new CreateTopicsRequestData().setTopics(new CreatableTopicCollection(
                List.of(new CreatableTopic().setName("orders").setNumPartitions(1).setReplicationFactor((short) 1))
                        .iterator())),
                VERSION);
        shard.runAll();
        return answer;
    }

    @Test
    void theControllerKnowsWhoseRequestItIs() {
        TestAnswer answer = TestAnswer.ask(table, new CreateTopicsRequestData().setTopics(new CreatableTopicCollection(
                List.of(new CreatableTopic().setName("orders").setNumPartitions(1).setReplicationFactor((short) 1))
                        .iterator())),
                VERSION, Principal.user("alice"));
        shard.runAll();

        assertThat(answer.isThere()).isTrue();
        assertThat(senders).singleElement()
                .satisfies(sender -> assertThat(sender).startsWith("User:alice /")
                        .endsWith(":0 false false"));
    }

    @Test
    void theControllerKnowsWhoWasLetInByAToken() {
        TestAnswer.ask(table, new CreateTopicsRequestData().setTopics(new CreatableTopicCollection(
                List.of(new CreatableTopic().setName("orders")).iterator())), VERSION,
                TestConnection.byToken(Principal.user("alice")));
        shard.runAll();

        assertThat(senders).singleElement()
                .satisfies(sender -> assertThat(sender).startsWith("User:alice /").endsWith(" true"));
    }

    @Test
    void anEnvelopeWithoutAPrincipalIsNotOpened() {
        for (byte[] principal : new byte[][]{null, {}, {0}, {0, 0, 1}, {0, 9, 5, 'U', 's', 'e', 'r', 1, 0, 0}}) {
            ByteBuffer frame = ByteBuffer.allocate(EnvelopeHandler.FORWARDED_HEADER_BYTES)
                    .putShort(EnvelopeHandler.FORWARDED_KEY)
                    .putLong(1)
                    .flip();
            EnvelopeRequestData envelope = new EnvelopeRequestData().setRequestData(frame)
                    .setRequestPrincipal(principal)
                    .setClientHostAddress(new byte[]{10, 0, 0, 1});
            List<ApiMessage> answers = new ArrayList<>();
            PeerConnection connection = peers.open(TestPeers.addressOf(2), shard);
            connection.send(ApiKeys.ENVELOPE, (short) 0, envelope, 1_000, new PeerConnection.Answer() {
                @Override
                public void onAnswer(ApiMessage received) {
                    answers.add(received);
                }

                @Override
                public void onFailure(IOException cause) {
                    throw new AssertionError(cause);
                }
            });
            shard.runAll();

            assertThat(answers).singleElement()
                    .satisfies(received -> assertThat(
                            ((EnvelopeResponseData) received).errorCode())
                            .isEqualTo(Errors.PRINCIPAL_DESERIALIZATION_FAILURE.code()));
        }
        assertThat(done).isEmpty();
    }

    private static CreatableTopicResult only(TestAnswer answer) {
        return answer.as(CreateTopicsResponseData.class).topics().iterator().next();
    }

    @Test
    void theActiveControllerAnswersAsIfItHadBeenAsked() {
        TestAnswer answer = create();

        assertThat(done).containsExactly("node 2");
        assertThat(clientIds).as("quotas and the audit log go by it").containsExactly("test");
        assertThat(only(answer).name()).isEqualTo("orders");
        assertThat(only(answer).errorCode()).isZero();
    }

    @Test
    void theActiveControllerForwardsNothing() {
        leader = 1;

        create();

        assertThat(done).containsExactly("here");
    }

    @Test
    void aRequestIsTriedAgainWhileThereIsNoController() {
        leader = -1;
        TestAnswer answer = create();
        shard.advance(1_000);
        assertThat(answer.isThere()).isFalse();

        leader = 3;
        shard.advance(100);

        assertThat(done).containsExactly("node 3");
        assertThat(answer.isThere()).isTrue();
    }

    @Test
    void aRequestToAControllerThatIsCutOffGoesToItsSuccessor() {
        peers.cut(2);
        TestAnswer answer = create();

        leader = 3;
        shard.advance(500);

        assertThat(done).containsExactly("node 3");
        assertThat(only(answer).errorCode()).isZero();
    }

    @Test
    void whatIsMeantForTheControllerOfAnEarlierEpochIsNotDone() {
        epoch = 2;
        TestAnswer answer = create();
        assertThat(answer.isThere()).isFalse();
        assertThat(done).isEmpty();

        epoch = 1;
        shard.advance(100);

        assertThat(done).containsExactly("node 2");
    }

    @Test
    void whatIsTooLargeIsRefusedAndNotPassedOn() {
        CreatableTopicCollection topics = new CreatableTopicCollection();
        for (int i = 0; i <= Forwarding.MAX_BYTES / 30_000; i++) {
            topics.add(new CreatableTopic().setName(i + "x".repeat(30_000)));
        }

        TestAnswer answer = TestAnswer.ask(table, new CreateTopicsRequestData().setTopics(topics), VERSION);
        shard.runAll();

        assertThat(only(answer).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(done).isEmpty();
    }

    @Test
    void anEnvelopeIsNotLargerThanAFrameMayBe() {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTopics(
                new CreatableTopicCollection(List.of(new CreatableTopic().setName("x".repeat(1_000))).iterator()));

        TestAnswer refused = TestAnswer.ask(forwarding(1_200), request, VERSION);
        TestAnswer passedOn = TestAnswer.ask(forwarding(1_500), request, VERSION);
        shard.runAll();

        assertThat(only(refused).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(only(passedOn).errorCode()).isZero();
        assertThat(done).containsExactly("node 2");
    }

    @Test
    void whatADeposedControllerRefusesIsAskedAgainAndTheClientHearsOfNothing() {
        refusals = 2;
        TestAnswer answer = create();
        assertThat(answer.isThere()).isFalse();

        shard.advance(200);

        assertThat(done).containsExactly("node 2");
        assertThat(only(answer).errorCode()).isZero();
    }

    @Test
    void aDeposedControllerPassesNothingOnThatWasPassedOnToIt() {
        refusals = 1;
        TestAnswer answer = create();

        leader = 3;
        shard.advance(10_000);

        assertThat(answer.isThere()).isTrue();
        assertThat(done).containsExactly("node 3");
    }

    @Test
    void soIsWhatThisNodeRefusesThatIsNotTheActiveControllerYet() {
        leader = 1;
        refusals = 2;
        TestAnswer answer = create();
        assertThat(answer.isThere()).isFalse();

        shard.advance(200);

        assertThat(done).containsExactly("here");
        assertThat(only(answer).errorCode()).isZero();
    }

    @Test
    void whatThisNodeAsksItselfIsNotPassedOnAsSomebodys() {
        leader = 1;
        refusals = 1;
        ControllerChannel own = channel(1);
        own.serveLocally(table);
        CompletableFuture<ApiMessage> answer = own.ask(ApiKeys.CREATE_TOPICS, VERSION,
                new CreateTopicsRequestData().setTopics(new CreatableTopicCollection(
                        List.of(new CreatableTopic().setName("orders")).iterator())),
                1_000);
        shard.runAll();

        leader = 2;
        shard.advance(10_000);

        assertThat(answer).isCompleted();
        assertThat(senders).isEmpty();
    }

    @Test
    void whoseSecondAttemptFailsHereIsNotLeftWithoutAnAnswer() {
        leader = 1;
        refusals = 1;
        TestAnswer answer = create();
        assertThat(answer.isThere()).isFalse();

        isBroken = true;
        shard.advance(200);

        assertThat(answer.isThere()).isTrue();
        assertThat(answer.closeReason()).isEqualTo("internal error");
    }

    @Test
    void whoseControllerNeverAnswersIsToldSoAfterAMinuteAtMost() {
        peers.cut(2);
        TestAnswer answer = create();

        shard.advance(60_000);

        assertThat(only(answer).errorCode()).isEqualTo(Errors.NOT_CONTROLLER.code());
    }

    @Test
    void nothingIsTriedAgainForAClientThatIsGone() {
        leader = -1;
        TestAnswer answer = TestAnswer.ask(table, new CreateTopicsRequestData().setTopics(new CreatableTopicCollection(
                List.of(new CreatableTopic().setName("orders")).iterator())), VERSION,
                new TestConnection(Principal.ANONYMOUS) {
                    @Override
                    public boolean isClosed() {
                        return isClientGone;
                    }
                });
        shard.advance(1_000);
        assertThat(answer.isThere()).isFalse();

        isClientGone = true;
        shard.advance(100);
        leader = 2;
        shard.advance(1_000);

        assertThat(answer.isThere()).as("its buffer is free").isTrue();
        assertThat(done).isEmpty();
    }

    @Test
    void withoutAControllerThereIsAnErrorInTheEnd() {
        leader = -1;
        TestAnswer answer = create();

        shard.advance(60_000);

        assertThat(only(answer).errorCode()).isEqualTo(Errors.NOT_CONTROLLER.code());
    }
}
