package io.girok.membership;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.controller.ActiveController;
import io.girok.controller.ConfigValidator;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.SupportedFeatures;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Node 1, which is the active controller, and brokers that ask it. Owned by the test.
final class ControllerNode {
    static final int NODE = 1;
    static final long SESSION_MS = 3_000;
    private static final int OLD_PLACE = 99;

    final ManualClock clock = new ManualClock();
    final SimulatedShard shard = new SimulatedShard(clock);
    /// Where the node hears of the metadata quorum.
    final SimulatedShard news = new SimulatedShard(clock);
    final InMemoryQuorum quorum = new InMemoryQuorum(shard);
    final TestPeers peers = new TestPeers();
    final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    final ActiveController controller;
    /// How often a setting of a topic was asked for: once and more for each topic that is looked at.
    final AtomicInteger lookups = new AtomicInteger();

    ControllerNode() {
        InMemoryMetadataLog log = new InMemoryMetadataLog(NODE, quorum, news);
        controller = new ActiveController(new Controller(rules(lookups)), store, log,
                new ActiveController.Surroundings(shard, shard, clock));
        store.subscribe(controller);
        BrokerSessions sessions = new BrokerSessions(
                new BrokerSessions.Surroundings(shard, clock, peers, addresses(), NODE), controller, store,
                new Intervals(SESSION_MS, 1_000));
        store.subscribe(sessions);
        peers.listen(NODE, new ApiTable(new ControllerApis(controller, store, sessions).rows()));
        log.start(store);
        runAll();
    }

    /// All have moved, and where they were, there is no answer.
    private NodeAddresses addresses() {
        peers.cut(OLD_PLACE);
        return NodeAddresses.inOrder(List.of(TestPeers::addressOf, id -> TestPeers.addressOf(OLD_PLACE)))
                .withBrokers(TestPeers::addressOf);
    }

    private static ControllerRules rules(AtomicInteger lookups) {
        AtomicLong ids = new AtomicLong(7);
        return new ControllerRules(new ControllerRules.TopicDefaults(1, 1), new NoSettings(lookups),
                () -> new TopicId(1, ids.getAndIncrement()), bound -> 0);
    }

    /// A broker with a connection of its own, fenced so far; its process answers whoever asks.
    Broker broker(int id) {
        Broker broker = new Broker(id);
        peers.cut(id);
        broker.register();
        return broker;
    }

    /// How the registration of a broker that supports `features` ends.
    Errors refusal(int id, SupportedFeatures features) {
        return Errors.forCode(new Broker(id).register(features).errorCode());
    }

    void runAll() {
        while (!shard.isIdle() || !news.isIdle()) {
            shard.runAll();
            news.runAll();
        }
    }

    void advance(long ms) {
        for (long passed = 0; passed < ms; passed++) {
            runAll();
            clock.advance(1);
        }
        runAll();
    }

    boolean isFenced(int brokerId) {
        return store.image().broker(brokerId).isFenced();
    }

    final class Broker {
        private final int id;
        private final PeerConnection connection = peers.open(TestPeers.addressOf(NODE), shard);
        long epoch = -1;

        private Broker(int id) {
            this.id = id;
        }

        int id() {
            return id;
        }

        private void register() {
            epoch = register(SupportedFeatures.OURS).brokerEpoch();
        }

        private BrokerRegistrationResponseData register(SupportedFeatures features) {
            var answer = ask(ApiKeys.BROKER_REGISTRATION, (short) 4,
                    new BrokerRegistrationRequestData().setBrokerId(id)
                            .setClusterId("cluster")
                            .setFeatures(RegistrationFeatures.of(features))
                            .setIncarnationId(new org.apache.kafka.common.Uuid(1, id)));
            runAll();
            return (BrokerRegistrationResponseData) answer.join();
        }

        /// The answer; null when there is none yet.
        @Nullable
        BrokerHeartbeatResponseData beat() {
            var answer = beatOnly();
            runAll();
            return (BrokerHeartbeatResponseData) answer.getNow(null);
        }

        CompletableFuture<ApiMessage> beatOnly() {
            return ask(ApiKeys.BROKER_HEARTBEAT, (short) 1, heartbeat());
        }

        /// The answer to its wish to stop.
        BrokerHeartbeatResponseData leave() {
            var answer = ask(ApiKeys.BROKER_HEARTBEAT, (short) 1, heartbeat().setWantShutDown(true));
            runAll();
            return (BrokerHeartbeatResponseData) answer.join();
        }

        private BrokerHeartbeatRequestData heartbeat() {
            return new BrokerHeartbeatRequestData().setBrokerId(id)
                    .setBrokerEpoch(epoch)
                    .setCurrentMetadataOffset(store.image().endOffset() - 1);
        }

        void closeConnection() {
            connection.close();
        }

        private CompletableFuture<ApiMessage> ask(ApiKeys api, short version, ApiMessage body) {
            CompletableFuture<ApiMessage> future = new CompletableFuture<>();
            connection.send(api, version, body, 600_000, new PeerConnection.Answer() {
                @Override
                public void onAnswer(ApiMessage received) {
                    future.complete(received);
                }

                @Override
                public void onFailure(IOException cause) {
                    future.completeExceptionally(cause);
                }
            });
            return future;
        }
    }

    /// Nothing is set.
    private record NoSettings(AtomicInteger lookups) implements ConfigValidator {
        @Override
        public Optional<String> problem(ConfigTarget target, String name, @Nullable String value) {
            return Optional.of("there are no settings");
        }

        @Override
        public Optional<String> contradiction(ConfigTarget target, java.util.Map<String, String> values) {
            return Optional.empty();
        }

        @Override
        public boolean isList(ConfigTarget target, String name) {
            return false;
        }

        @Override
        public String inheritedValue(MetadataImage image, ConfigTarget target, String name) {
            lookups.incrementAndGet();
            return "1";
        }
    }
}
