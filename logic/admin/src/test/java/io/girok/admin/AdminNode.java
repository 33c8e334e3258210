package io.girok.admin;

import io.girok.base.Principal;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.broker.LeaderView;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestConnection;
import io.girok.broker.access.Access;
import io.girok.broker.access.Audit;
import io.girok.controller.ActiveController;
import io.girok.controller.Command;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.controller.ControllerRules.TopicDefaults;
import io.girok.controller.FenceBroker;
import io.girok.controller.RegisterBroker;
import io.girok.membership.ControllerChannel;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiMessage;

/// The admin APIs before a controller and a metadata log in memory; brokers 1 (this one) and 2 are registered.
/// Everything runs on one simulated thread.
final class AdminNode {
    static final long MUTATION_BURST_MS = 1_000;
    static final String CLUSTER_ID = "girok-test-cluster-id0";

    final ManualClock clock = new ManualClock();
    final SimulatedShard thread = new SimulatedShard(clock);
    final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    final ActiveController controller;
    final List<CompletableFuture<Void>> opening = new ArrayList<>();
    /// Those that this node knows of.
    final List<Voter> voters = new ArrayList<>();
    final List<String> audited = new ArrayList<>();
    private final InMemoryMetadataLog log;
    private final ApiTable table;
    private final AtomicBoolean isCutOff = new AtomicBoolean();
    private boolean opensAtOnce = true;
    private long nextId = 1;

    /// @param given settings of the broker, `name, value, name, value, ...`
    AdminNode(String... given) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < given.length; i += 2) {
            values.put(given[i], given[i + 1]);
        }
        Settings settings = Settings.parse(values);
        EffectiveSettings effective = new EffectiveSettings(settings, 1);
        Executor executor = thread;
        log = InMemoryMetadataLog.alone(executor);
        ControllerRules rules = new ControllerRules(new TopicDefaults(settings.get(BrokerSettings.NUM_PARTITIONS), 1),
                new SettingsValidator(effective), () -> new TopicId(8, nextId++), bound -> 0);
        controller = new ActiveController(new Controller(rules), store, log,
                new ActiveController.Surroundings(executor, thread, clock));
        store.subscribe(controller);
        ClientQuotas quotas = new ClientQuotas(clock, 0, MUTATION_BURST_MS);
        store.subscribe(quotas);
        log.start(store);
        thread.runAll();
        register(1, new Endpoint("PLAINTEXT", "one.example", 9092));
        register(2, new Endpoint("PLAINTEXT", "two.example", 9093));
        ClusterView view = new ClusterView(store::image, new LeaderView(1, isCutOff::get),
                () -> new QuorumStatus(log.leadership(), 0, voters.stream().map(VoterStatus::unknown).toList()));
        ControllerChannel channel = new ControllerChannel(new ControllerChannel.Route(1, log::leadership,
                (address, owner) -> {
                    throw new AssertionError("there is no other node");
                }, id -> null), thread);
        table = new ApiTable(new AdminApis(view, effective, controller, channel,
                Access.of(settings, store::image, new Audit(() -> 0, audited::add)), quotas,
                this::served).rows());
        channel.serveLocally(table);
    }

    /// One more broker than the two that there are.
    void register(int id) {
        register(id, new Endpoint("PLAINTEXT", "more.example", 9092));
    }

    private void register(int id, Endpoint endpoint) {
        long epoch = run(new RegisterBroker(CLUSTER_ID, id, new TopicId(id, 1), List.of(endpoint), null, List.of(),
                true))
                .get();
        run(new FenceBroker(id, epoch, false));
    }

    <A> A run(Command<A> command) {
        CompletableFuture<A> answer = controller.submit(command);
        thread.runAll();
        return answer.join();
    }

    private CompletableFuture<Void> served(String topic) {
        CompletableFuture<Void> opened = opensAtOnce
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<>();
        opening.add(opened);
        return opened;
    }

    /// From now on partitions are being opened until [#opening] says otherwise.
    void openSlowly() {
        opensAtOnce = false;
    }

    /// The controller has been out of reach for long.
    void cutOff() {
        isCutOff.set(true);
    }

    /// Nobody leads the metadata log from now on.
    void loseTheQuorum() {
        log.close();
        thread.runAll();
    }

    TestAnswer askAs(String user, ApiMessage body, int version) {
        return askBy(new TestConnection(Principal.user(user)), body, version);
    }

    /// Lets nothing run but what runs at once.
    TestAnswer startAs(String user, ApiMessage body, int version) {
        return TestAnswer.ask(table, body, (short) version, new TestConnection(Principal.user(user)));
    }

    TestAnswer askBy(Connection connection, ApiMessage body, int version) {
        TestAnswer answer = TestAnswer.ask(table, body, (short) version, connection);
        thread.runAll();
        return answer;
    }

    TestAnswer ask(ApiMessage body, int version) {
        TestAnswer answer = TestAnswer.ask(table, body, (short) version);
        thread.runAll();
        return answer;
    }
}
