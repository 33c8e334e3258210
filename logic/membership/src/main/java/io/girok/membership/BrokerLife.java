package io.girok.membership;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.base.TopicId;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.SupportedFeatures;
import io.girok.wire.TopicUuids;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Listener;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.ListenerCollection;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A broker's membership in its cluster, from its side (KIP-631). Owned by the shard of its channel; [#brokerEpoch] may
/// be read by anyone.
public final class BrokerLife {
    /*
     *   registering --the controller gives an epoch--> fenced --ready, with the metadata up to there--> active
     *        ^                                            |                                           |
     *        +-------the epoch is not known any more------+-------------------------------------------+
     *
     * In every state one request is under way at most, and after its answer the next one follows: soon while something
     * is to be reached (an epoch, the end of the fence, the stop), after the heartbeat interval otherwise. Who must
     * wait with its stop for others to catch up asks less often in the end: each time the controller may have to look
     * at all partitions.
     */
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLife.class);
    private static final short REGISTRATION_VERSION = 4;
    private static final short HEARTBEAT_VERSION = 2;
    private static final long NO_EPOCH = -1;
    /// KIP-966 asks for the epoch before a clean stop. Which one it was is of no use here: that the directories are
    /// those of before, their ids say.
    private static final long LOGS_ARE_WHOLE = 0;
    private static final long SOON_MS = 20;
    private static final long LEAVING_MS = 100;
    private static final int MAX_QUICK_ASKS_TO_LEAVE = 10;
    private static final long AFTER_FAILURE_MS = 50;
    private static final long REGISTRATION_LIMIT_MS = 5_000;
    /// Well before the session's end: who waits for a controller that is cut off does not turn to the next one.
    private static final long MIN_HEARTBEAT_LIMIT_MS = 1_000;
    /// A registration that can't succeed at once is complained about once in so many attempts.
    private static final int ATTEMPTS_PER_COMPLAINT = 100;

    /// Who the broker is.
    ///
    /// @param incarnation new with every start of the process
    /// @param directories the log directories that could be opened
    /// @param areLogsWhole whether the logs have all that this broker ever acknowledged
    public record Identity(int brokerId, String clusterId, TopicId incarnation, List<Endpoint> endpoints,
            @Nullable String rack, List<TopicId> directories, boolean areLogsWhole) {
        public Identity {
            endpoints = List.copyOf(endpoints);
            directories = List.copyOf(directories);
        }
    }

    /// What a broker says of its state with every heartbeat.
    ///
    /// @param images its metadata
    /// @param scarceDirectories its log directories whose disks have less room than clients must leave free
    public record State(Supplier<MetadataImage> images, Supplier<List<TopicId>> scarceDirectories) {}

    private final Identity identity;
    private final ControllerChannel channel;
    private final State state;
    private final long heartbeatMs;
    private final ControllerContact contact;
    private final Shard shard;
    /// Those of its log directories that have failed by now.
    private final Set<TopicId> failedDirectories = new LinkedHashSet<>();
    private final CompletableFuture<Long> registered = new CompletableFuture<>();
    private final CompletableFuture<Void> active = new CompletableFuture<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private volatile long brokerEpoch = NO_EPOCH;
    private boolean isAsking;
    /// Whether a directory has failed of which no heartbeat has told.
    private boolean hasNews;
    private long askedMs;
    private boolean isReady;
    private boolean isLeaving;
    private int asksToLeave;
    private boolean isStopped;
    private int failedAttempts;
    private Timers.Scheduled next = () -> {};

    /// @param channel for nothing but heartbeats: its connection tells the controller that this process lives
    /// @param heartbeatMs `broker.heartbeat.interval.ms`
    /// @param contact hears of every answer; on the same shard
    public BrokerLife(Identity identity, ControllerChannel channel, State state, long heartbeatMs,
            ControllerContact contact) {
        this.identity = identity;
        this.channel = channel;
        this.state = state;
        this.heartbeatMs = heartbeatMs;
        this.contact = contact;
        this.shard = channel.shard();
    }

    /// Registers, and stays alive until [#stop]. Ends in the epoch of the registration: who has the metadata up to
    /// there knows all that the cluster had decided before.
    public CompletableFuture<Long> start() {
        shard.run(this::proceed);
        return registered;
    }

    /// The broker serves. Done when the controller lets it lead for the first time.
    public CompletableFuture<Void> ready() {
        shard.run(() -> {
            isReady = true;
            proceedNow();
        });
        return active;
    }

    private void proceedNow() {
        if (!isAsking) {
            next.cancel();
            proceed();
        }
    }

    /// A log directory has failed, for as long as this process lives. The controller hears of it at once.
    public void directoryFailed(TopicId directory) {
        shard.run(() -> {
            hasNews |= failedDirectories.add(directory);
            proceedNow();
        });
    }

    /// Of the registration in force, -1 before there is one.
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /// Asks the controller to have others lead what this broker leads. Done when it says that the broker may stop.
    public CompletableFuture<Void> leave() {
        shard.run(() -> {
            isLeaving = true;
            proceedNow();
        });
        return left;
    }

    /// No further heartbeats.
    public void stop() {
        shard.run(() -> {
            isStopped = true;
            next.cancel();
            contact.stop();
        });
        channel.close();
    }

    private void proceed() {
        if (isStopped || left.isDone()) {
            return;
        }
        if (brokerEpoch == NO_EPOCH) {
            ask(ApiKeys.BROKER_REGISTRATION, REGISTRATION_VERSION, registration(), REGISTRATION_LIMIT_MS);
        } else {
            hasNews = false;
            ask(ApiKeys.BROKER_HEARTBEAT, HEARTBEAT_VERSION, new BrokerHeartbeatRequestData()
                    .setBrokerId(identity.brokerId())
                    .setBrokerEpoch(brokerEpoch)
                    .setCurrentMetadataOffset(state.images().get().endOffset() - 1)
                    .setWantFence(!isReady)
                    .setWantShutDown(isLeaving)
                    .setOfflineLogDirs(uuids(failedDirectories))
                    .setCordonedLogDirs(uuids(state.scarceDirectories().get())),
                    Math.max(MIN_HEARTBEAT_LIMIT_MS, heartbeatMs));
        }
    }

    private void ask(ApiKeys api, short version, ApiMessage body, long limitMs) {
        isAsking = true;
        askedMs = contact.nowMs();
        var _ = channel.ask(api, version, body, limitMs).handle((answer, failure) -> {
            shard.execute(() -> {
                isAsking = false;
                if (failure == null) {
                    take(answer);
                } else {
                    failed(ControllerErrors.cause(failure).getMessage());
                }
            });
            return true;
        });
    }

    private BrokerRegistrationRequestData registration() {
        ListenerCollection listeners = new ListenerCollection(identity.endpoints().size() + 1);
        for (Endpoint endpoint : identity.endpoints()) {
            listeners
                    .add(new Listener().setName(endpoint.listener()).setHost(endpoint.host()).setPort(endpoint.port()));
        }
        return new BrokerRegistrationRequestData().setBrokerId(identity.brokerId())
                .setClusterId(identity.clusterId())
                .setIncarnationId(TopicUuids.of(identity.incarnation()))
                .setPreviousBrokerEpoch(identity.areLogsWhole() ? LOGS_ARE_WHOLE : NO_EPOCH)
                .setListeners(listeners)
                .setFeatures(RegistrationFeatures.of(SupportedFeatures.OURS))
                .setRack(identity.rack())
                .setLogDirs(uuids(identity.directories()
                        .stream()
                        .filter(directory -> !failedDirectories.contains(directory))
                        .toList()));
    }

    private static List<Uuid> uuids(Collection<TopicId> ids) {
        return ids.stream().map(TopicUuids::of).toList();
    }

    private void take(ApiMessage answer) {
        switch (answer) {
            case BrokerRegistrationResponseData registered -> takeRegistration(registered);
            case BrokerHeartbeatResponseData heard -> takeHeartbeat(heard);
            default -> failed("an answer to nothing that was asked");
        }
    }

    private void takeRegistration(BrokerRegistrationResponseData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.INCONSISTENT_CLUSTER_ID) {
            registered
                    .completeExceptionally(new IllegalStateException("the controller belongs to another cluster than '"
                            + identity.clusterId() + "', to which the log directories of this broker belong: set "
                            + "log.dirs and controller.quorum.voters to what belongs together"));
        }
        if (error == Errors.UNSUPPORTED_VERSION) {
            takeUnsupported();
            return;
        }
        if (error != Errors.NONE) {
            failed(error == Errors.DUPLICATE_BROKER_REGISTRATION
                    ? "another process is registered as broker " + identity.brokerId() + " and alive"
                    : error.toString());
            return;
        }
        failedAttempts = 0;
        brokerEpoch = answer.brokerEpoch();
        registered.complete(brokerEpoch);
        after(0);
    }

    /// The answer does not say what is not supported, but the metadata does, unless this broker has too little of it by
    /// now: then it asks again for a while.
    private void takeUnsupported() {
        Map<String, Integer> levels = state.images().get().features();
        List<String> unsupported = SupportedFeatures.OURS.unsupported(levels);
        String why;
        if (unsupported.isEmpty()) {
            why = "the cluster has a feature at a level that this broker does not support, so its version of Girok is "
                    + "too old or too new; kafka-features describe shows the cluster's levels, this broker supports "
                    + SupportedFeatures.OURS;
        } else {
            String feature = unsupported.getFirst();
            int level = levels.getOrDefault(feature, 0);
            why = "the cluster has feature '" + feature + "' at level " + level + ", of which this broker supports "
                    + SupportedFeatures.OURS.levelsOf(feature)
                    + (SupportedFeatures.OURS.isBelow(feature, level)
                            ? ": its version of Girok is too old; start the version that the other nodes have"
                            : ": its version of Girok is too new; start one that supports level " + level
                                    + ", and raise the level (kafka-features upgrade) before you go on to this one");
        }
        if (!unsupported.isEmpty() || (failedAttempts + 1) % ATTEMPTS_PER_COMPLAINT == 0) {
            registered.completeExceptionally(new IllegalStateException("the controller refuses this broker: " + why));
        }
        failed(why);
    }

    private void takeHeartbeat(BrokerHeartbeatResponseData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        switch (error) {
            case NONE -> {
                failedAttempts = 0;
                if (isLeaving && answer.shouldShutDown()) {
                    left.complete(null);
                    return;
                }
                if (!answer.isFenced()) {
                    contact.answered(askedMs);
                    active.complete(null);
                }
                after(untilNextMs(answer.isFenced()));
            }
            case STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED -> {
                LOG.info("the controller does not know this broker's epoch {} any more ({}): it registers again",
                        brokerEpoch, error);
                brokerEpoch = NO_EPOCH;
                after(AFTER_FAILURE_MS);
            }
            default -> failed(error.toString());
        }
    }

    private long untilNextMs(boolean isFenced) {
        if (isLeaving && !hasNews) {
            asksToLeave++;
            return asksToLeave < MAX_QUICK_ASKS_TO_LEAVE ? SOON_MS : LEAVING_MS;
        }
        return hasNews || isLeaving || (isReady && isFenced) ? SOON_MS : heartbeatMs;
    }

    private void failed(@Nullable String why) {
        failedAttempts++;
        if (failedAttempts % ATTEMPTS_PER_COMPLAINT == 0) {
            LOG.warn("the active controller can't be reached, or refuses this broker; attempt {}: {}", failedAttempts,
                    why);
        }
        after(AFTER_FAILURE_MS);
    }

    private void after(long delayMs) {
        if (!isStopped) {
            next = shard.schedule(delayMs, this::proceed);
        }
    }
}
