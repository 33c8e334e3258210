package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.Feature;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.SupportedFeatures;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Broker 1 and the controllers that it turns to: 2, and 3 after it.
class BrokerLifeTest {
    private static final long HEARTBEAT_MS = 2_000;
    private static final long SESSION_MS = 9_000;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final TestPeers peers = new TestPeers();
    private final Controller first = new Controller(2);
    private final Controller second = new Controller(3);
    private final List<Boolean> contacts = new ArrayList<>();
    private int leader = 2;
    private List<TopicId> scarce = List.of();
    private MetadataImage image = MetadataImage.EMPTY;
    private final BrokerLife life = life();

    private BrokerLife life() {
        return new BrokerLife(
                new BrokerLife.Identity(1, "cluster", new TopicId(1, 1), List.of(), null, List.of(), true),
                new ControllerChannel(new ControllerChannel.Route(1, () -> new Leadership(leader, 1, false), peers,
                        TestPeers::addressOf), shard),
                new BrokerLife.State(() -> image, () -> scarce), HEARTBEAT_MS,
                new ControllerContact(shard, clock, SESSION_MS, contacts::add));
    }

    /// A controller that says what the test wants.
    private final class Controller {
        private final List<ApiMessage> asked = new ArrayList<>();
        private long lastAskedMs;
        private Errors registrationError = Errors.NONE;
        private Errors heartbeatError = Errors.NONE;
        private boolean isFenced;
        private boolean shouldShutDown;

        Controller(int id) {
            peers.listen(id, this::handle);
        }

        private void handle(Request request, Responder responder) {
            asked.add(request.body());
            lastAskedMs = clock.monotonicMs();
            responder.respond(request.body() instanceof BrokerRegistrationRequestData
                    ? new BrokerRegistrationResponseData().setErrorCode(registrationError.code())
                            .setBrokerEpoch(40 + registrations())
                    : new BrokerHeartbeatResponseData().setErrorCode(heartbeatError.code())
                            .setIsFenced(isFenced)
                            .setShouldShutDown(shouldShutDown));
        }

        long registrations() {
            return asked.stream().filter(BrokerRegistrationRequestData.class::isInstance).count();
        }

        BrokerHeartbeatRequestData lastHeartbeat() {
            return (BrokerHeartbeatRequestData) asked.getLast();
        }
    }

    @Test
    void aBrokerRegistersAndStaysFencedUntilItIsReady() {
        var registered = life.start();
        shard.advance(HEARTBEAT_MS);

        assertThat(registered).isCompletedWithValue(41L);
        assertThat(life.brokerEpoch()).isEqualTo(41);
        assertThat(((BrokerRegistrationRequestData) first.asked.getFirst()).previousBrokerEpoch())
                .as("its logs are whole")
                .isZero();
        assertThat(first.lastHeartbeat().wantFence()).isTrue();

        var active = life.ready();
        shard.runAll();

        assertThat(active).isCompleted();
        assertThat(first.lastHeartbeat().wantFence()).isFalse();
        assertThat(contacts).containsExactly(false);
    }

    @Test
    void aRegistrationSaysWhatThisGirokSupports() {
        life.start();
        shard.runAll();

        BrokerRegistrationRequestData registration = (BrokerRegistrationRequestData) first.asked.getFirst();
        assertThat(RegistrationFeatures.of(registration.features())).isEqualTo(SupportedFeatures.OURS);
    }

    @Test
    void aBrokerThatIsTooOldOrTooNewForTheClusterSaysSoAndStops() {
        int ours = Feature.METADATA_VERSION.maxLevel();

        assertThat(refusal(ours + 1)).contains("'metadata.version' at level " + (ours + 1),
                "supports level " + ours + " only", "too old");
        assertThat(refusal(ours - 1)).contains("'metadata.version' at level " + (ours - 1),
                "supports level " + ours + " only", "too new");
    }

    private String refusal(int metadataVersion) {
        image = ImageChange.of(MetadataImage.EMPTY,
                List.of(new MetadataRecord.FeatureLevelSet(Feature.METADATA_VERSION.name(), metadataVersion))).image();
        first.registrationError = Errors.UNSUPPORTED_VERSION;
        BrokerLife refused = life();
        var registered = refused.start();
        shard.runAll();
        refused.stop();
        assertThat(registered).isCompletedExceptionally();
        return String.valueOf(registered.exceptionNow().getMessage());
    }

    @Test
    void aBrokerThatIsRefusedAsksAgainUntilItKnowsWhy() {
        first.registrationError = Errors.UNSUPPORTED_VERSION;
        var registered = life.start();

        shard.advance(1_000);
        assertThat(registered).isNotDone();
        shard.advance(10_000);

        assertThat(registered).isCompletedExceptionally();
        assertThat(registered.exceptionNow()).hasMessageContaining("too old or too new")
                .hasMessageContaining("of 'metadata.version'");
    }

    @Test
    void anAnswerThatSaysFencedIsNoContact() {
        first.isFenced = true;
        life.start();
        var active = life.ready();

        shard.advance(2 * SESSION_MS);

        assertThat(active).isNotDone();
        assertThat(contacts).isEmpty();
    }

    @Test
    void everyHeartbeatSaysWhichDirectoriesHaveNoRoom() {
        serve();
        assertThat(first.lastHeartbeat().cordonedLogDirs()).isEmpty();

        scarce = List.of(new TopicId(7, 7));
        shard.advance(HEARTBEAT_MS);

        assertThat(first.lastHeartbeat().cordonedLogDirs()).containsExactly(TopicUuids.of(new TopicId(7, 7)));
    }

    @Test
    void aBrokerThatIsNotKnownAnyMoreRegistersAgain() {
        serve();
        first.heartbeatError = Errors.STALE_BROKER_EPOCH;
        shard.advance(HEARTBEAT_MS);
        first.heartbeatError = Errors.NONE;

        shard.advance(HEARTBEAT_MS);

        assertThat(first.registrations()).isGreaterThan(1);
        assertThat(first.lastHeartbeat().brokerEpoch()).isEqualTo(life.brokerEpoch()).isGreaterThan(41);
    }

    @Test
    void withoutAnswersContactIsLostAndComesBackWithThem() {
        serve();

        peers.cut(2);
        shard.advance(SESSION_MS);
        assertThat(contacts).containsExactly(false, true);
        peers.listen(2, first::handle);
        shard.advance(HEARTBEAT_MS + 1_000);

        assertThat(contacts).containsExactly(false, true, false);
    }

    @Test
    void whoSaysThatItIsNotTheControllerIsNoContact() {
        serve();

        first.heartbeatError = Errors.NOT_CONTROLLER;
        shard.advance(SESSION_MS);

        assertThat(contacts).containsExactly(false, true);
    }

    @Test
    void aHeartbeatToAControllerThatIsCutOffDoesNotHoldUpTheOneToItsSuccessor() {
        serve();
        peers.cut(2);
        shard.advance(HEARTBEAT_MS);

        leader = 3;
        long electedMs = clock.monotonicMs();
        shard.advance(HEARTBEAT_MS);

        assertThat(second.asked).isNotEmpty();
        assertThat(second.asked.getFirst()).isInstanceOf(BrokerHeartbeatRequestData.class);
        shard.advance(SESSION_MS);
        assertThat(contacts).containsExactly(false);
        assertThat(second.lastAskedMs).isGreaterThan(electedMs + SESSION_MS - HEARTBEAT_MS);
    }

    @Test
    void theSuccessorIsTurnedToAtOnce() {
        serve();
        peers.cut(2);
        shard.advance(HEARTBEAT_MS);

        leader = 3;
        shard.advance(300);

        assertThat(second.asked).isNotEmpty();
    }

    @Test
    void aBrokerLeavesWhenTheControllerSaysSo() {
        serve();
        var left = life.leave();
        shard.advance(1_000);
        assertThat(left).isNotDone();
        assertThat(first.lastHeartbeat().wantShutDown()).isTrue();

        first.shouldShutDown = true;
        shard.advance(1_000);

        assertThat(left).isCompleted();
    }

    @Test
    void whoMustWaitWithItsStopAsksLessOftenInTheEnd() {
        serve();
        life.leave();
        shard.advance(200);
        int soon = first.asked.size();

        shard.advance(1_000);

        assertThat(soon).as("an ordinary stop is over by then").isGreaterThanOrEqualTo(10);
        assertThat(first.asked.size() - soon).isBetween(9, 11);
    }

    private void serve() {
        life.start();
        life.ready();
        shard.runAll();
        assertThat(contacts).containsExactly(false);
    }
}
