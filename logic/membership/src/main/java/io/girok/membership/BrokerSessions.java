package io.girok.membership;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.controller.ActiveController;
import io.girok.controller.FenceBroker;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.wire.Connection;
import io.girok.wire.Peers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which brokers are alive, as the active controller sees it. Owned by its shard.
///
/// A broker is fenced when it was silent for the session's time, and at once when its process is gone: its heartbeats'
/// connection has closed, and where it has registered itself nobody listens. None of this is in the metadata log but
/// the fencing, so a new active controller begins with fresh sessions, and by asking every broker. Time in which this
/// process stood still is nobody's silence: what was said meanwhile has not been read.
public final class BrokerSessions implements MetadataStore.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSessions.class);
    private static final int CHECKS_PER_SESSION = 20;
    /// Checks that may fall out before it counts as standing still.
    private static final int MAX_MISSED_CHECKS = 3;

    /// A broker that was heard of.
    private static final class Session {
        private final long brokerEpoch;
        private long lastHeardMs;
        private long heardAtWallMs = QuorumStatus.UNKNOWN;
        private long metadataEndOffset = QuorumStatus.UNKNOWN;
        private long connectionId = -1;
        private boolean isConnected;
        /// The end of the metadata with which it was told that it may not stop yet.
        private long neededAtEndOffset = -1;

        Session(long brokerEpoch, long nowMs) {
            this.brokerEpoch = brokerEpoch;
            this.lastHeardMs = nowMs;
        }
    }

    /// What it works with.
    public record Surroundings(Shard shard, Clock clock, Peers peers, NodeAddresses addresses, int nodeId) {}

    private final Surroundings surroundings;
    private final ActiveController controller;
    private final MetadataStore metadata;
    private final Intervals intervals;
    private final Shard shard;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private final Probe probe;
    /// Brokers that are being fenced.
    private final Set<Integer> fencing = new HashSet<>();
    private boolean isLeading;
    private Timers.Scheduled nextCheck = () -> {};
    private long nextCheckMs;

    /// To be subscribed to `metadata` before the metadata log starts.
    public BrokerSessions(Surroundings surroundings, ActiveController controller, MetadataStore metadata,
            Intervals intervals) {
        this.surroundings = surroundings;
        this.controller = controller;
        this.metadata = metadata;
        this.intervals = intervals;
        this.shard = surroundings.shard();
        this.probe = new Probe(surroundings.peers(), shard, intervals.probeMs());
    }

    Shard shard() {
        return shard;
    }

    boolean isLeading() {
        return isLeading;
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        // The image is asked when a session ends.
    }

    @Override
    public void onLeader(long epoch) {
        shard.execute(this::begin);
    }

    @Override
    public void onNotLeader(long epoch) {
        shard.execute(this::end);
    }

    private void begin() {
        isLeading = true;
        sessions.clear();
        for (BrokerImage broker : metadata.image().brokers()) {
            if (!broker.isFenced()) {
                sessions.put(broker.id(), new Session(broker.epoch(), now()));
                probe(broker.id());
            }
        }
        nextCheck.cancel();
        scheduleCheck();
    }

    private void scheduleCheck() {
        long intervalMs = intervals.sessionMs() / CHECKS_PER_SESSION;
        nextCheckMs = now() + intervalMs;
        nextCheck = shard.schedule(intervalMs, this::check);
    }

    /// Nobody is fenced by this node any more.
    private void end() {
        isLeading = false;
        nextCheck.cancel();
        sessions.clear();
        fencing.clear();
    }

    private long now() {
        return surroundings.clock().monotonicMs();
    }

    /// A registration is in force.
    void registered(int brokerId, long brokerEpoch) {
        sessions.put(brokerId, new Session(brokerEpoch, now()));
    }

    /// Whether a process of an earlier registration is known to live.
    boolean isAlive(int brokerId) {
        Session session = sessions.get(brokerId);
        return session != null && session.isConnected && now() < session.lastHeardMs + intervals.sessionMs();
    }

    /// What a broker has said of itself with its last heartbeat; of one without a vote the quorum knows nothing else.
    public VoterStatus statusOf(int brokerId) {
        Voter voter = Voter.of(brokerId);
        Session session = sessions.get(brokerId);
        if (session == null) {
            return VoterStatus.unknown(voter);
        }
        boolean isCaughtUp = metadata.image().endOffset() <= session.metadataEndOffset;
        return new VoterStatus(voter, session.metadataEndOffset, session.heardAtWallMs,
                isCaughtUp ? session.heardAtWallMs : QuorumStatus.UNKNOWN);
    }

    /// With the metadata up to there the broker may not stop yet, although it wants to.
    void needed(BrokerImage broker, long metadataEndOffset) {
        Session session = of(broker);
        if (session != null) {
            session.neededAtEndOffset = metadataEndOffset;
        }
    }

    /// Whether that was the last that [#needed] has told of the broker.
    boolean isNeeded(BrokerImage broker, long metadataEndOffset) {
        Session session = of(broker);
        return session != null && session.neededAtEndOffset == metadataEndOffset;
    }

    /// Null when nothing was heard since the broker registered.
    private @Nullable Session of(BrokerImage broker) {
        Session session = sessions.get(broker.id());
        return session == null || session.brokerEpoch != broker.epoch() ? null : session;
    }

    /// A heartbeat of a registration that is in force.
    ///
    /// @param metadataEndOffset of what the broker has
    void heard(BrokerImage broker, Connection connection, long metadataEndOffset) {
        Session session = of(broker);
        if (session == null) {
            session = new Session(broker.epoch(), now());
            sessions.put(broker.id(), session);
        }
        session.lastHeardMs = now();
        session.heardAtWallMs = surroundings.clock().wallMs();
        session.metadataEndOffset = metadataEndOffset;
        if (session.connectionId != connection.id()) {
            session.connectionId = connection.id();
            session.isConnected = true;
            connection.onClose(() -> shard.execute(() -> closed(broker.id(), connection.id())));
        }
    }

    private void closed(int brokerId, long connectionId) {
        Session session = sessions.get(brokerId);
        if (isLeading && session != null && session.connectionId == connectionId) {
            session.isConnected = false;
            probe(brokerId);
        }
    }

    /// Asks a broker whether it is there.
    private void probe(int brokerId) {
        if (brokerId != surroundings.nodeId()) {
            probe.ask(brokerId, () -> suspicion(brokerId));
        }
    }

    /// That the process of the present session is gone.
    private Probe.Suspicion suspicion(int brokerId) {
        Session session = sessions.get(brokerId);
        return session == null
                ? new Probe.Suspicion(List.of(), () -> {})
                : new Probe.Suspicion(surroundings.addresses().ofBroker(brokerId),
                        () -> fence(brokerId, session.brokerEpoch, "its process is gone"));
    }

    private void check() {
        if (!isLeading) {
            return;
        }
        passOver(now() - nextCheckMs);
        for (BrokerImage broker : metadata.image().brokers()) {
            Session session = of(broker);
            // This very process needs no other sign of life.
            if (broker.isFenced() || broker.id() == surroundings.nodeId()) {
                continue;
            }
            if (session == null) {
                sessions.put(broker.id(), new Session(broker.epoch(), now()));
            } else if (session.lastHeardMs + intervals.sessionMs() <= now()) {
                fence(broker.id(), broker.epoch(),
                        "it was silent for " + (now() - session.lastHeardMs) + " ms (broker.session.timeout.ms)");
            }
        }
        scheduleCheck();
    }

    /// Adds to every session the time by which this check is late, if it is late by much.
    private void passOver(long lateMs) {
        if (lateMs <= MAX_MISSED_CHECKS * intervals.sessionMs() / CHECKS_PER_SESSION) {
            return;
        }
        LOG.warn("this node stood still for {} ms; what brokers have said meanwhile is to be read first", lateMs);
        for (Session session : sessions.values()) {
            session.lastHeardMs = Math.min(now(), session.lastHeardMs + lateMs);
        }
    }

    private void fence(int brokerId, long brokerEpoch, String why) {
        BrokerImage broker = metadata.image().broker(brokerId);
        if (!isLeading || broker == null || broker.epoch() != brokerEpoch || broker.isFenced()
                || !fencing.add(brokerId)) {
            return;
        }
        LOG.warn("broker {} is fenced: {}", brokerId, why);
        var _ = controller.submit(new FenceBroker(brokerId, brokerEpoch, true)).handle((result, failure) -> {
            // What did not succeed is tried again by the next check.
            shard.execute(() -> fencing.remove(brokerId));
            return true;
        });
    }
}
