package io.girok.broker.data;

import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
import io.girok.replication.ByteRate;
import io.girok.replication.FetchKey;
import io.girok.replication.FetchPosition;
import io.girok.replication.FetchSession;
import io.girok.replication.FetchSessions;
import io.girok.replication.FetchSessions.Begun;
import io.girok.replication.FetchSessions.Wish;
import io.girok.replication.FetchedPartition;
import io.girok.replication.Isolation;
import io.girok.replication.PartitionLeader.Follower;
import io.girok.replication.SessionPartition;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Fetch, versions 4 to 18, for consumers and followers: finds the session, reads on the partitions' shards, answers
/// what is news.
/// Immutable; each session belongs to a shard.
final class FetchHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_RACK = 11;
    private static final short FIRST_VERSION_WITH_ID = 13;
    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;
    private static final int CONSUMER_ID = -1;
    private static final long NO_BROKER_EPOCH = -1;
    /// A client that asks for longer is answered early, which the protocol allows: a wait costs memory, and its client
    /// may be gone.
    private static final int MAX_WAIT_MS = 60_000;

    /// @param maxBytes `fetch.max.bytes`, of one answer
    /// @param throttle what followers that catch up are given together, where they are throttled
    record Limits(int maxBytes, FetchSessions.Limits sessionsPerShard, ByteRate throttle) {}

    /// What a broker knows of others that is of use to those who fetch.
    record Others(LeaderHints leaderHints, ReplicaSelector replicaSelector) {}

    private final Partitions partitions;
    private final Access access;
    private final FetchAttempt.Surroundings surroundings;
    private final Limits limits;
    private final Others others;
    private final List<FetchSessions> sessions = new ArrayList<>();

    FetchHandler(Partitions partitions, Access access, FetchAttempt.Surroundings surroundings, Limits limits,
            Others others,
            IntSupplier randomInts) {
        this.partitions = partitions;
        this.access = access;
        this.surroundings = surroundings;
        this.limits = limits;
        this.others = others;
        int shardCount = partitions.shards().size();
        for (int index = 0; index < shardCount; index++) {
            sessions.add(new FetchSessions(index, shardCount, limits.sessionsPerShard(), randomInts));
        }
    }

    @Override
    public void handle(Request request, Responder responder) {
        FetchRequestData body = (FetchRequestData) request.body();
        int shardIndex = shardIndex(body.sessionId());
        Shard sessionShard = partitions.shards().get(shardIndex);
        sessionShard.run(() -> begin(request, body, responder, shardIndex));
    }

    /// Null for a consumer.
    private static @Nullable Follower follower(FetchRequestData body, short version) {
        Follower asking = version < FIRST_VERSION_WITH_REPLICA_STATE
                ? new Follower(body.replicaId(), NO_BROKER_EPOCH)
                : new Follower(body.replicaState().replicaId(), body.replicaState().replicaEpoch());
        return CONSUMER_ID < asking.brokerId() ? asking : null;
    }

    /// A known session is with its shard, a new one where the connection is, so that neither has to change threads.
    private int shardIndex(int sessionId) {
        List<Shard> shards = partitions.shards();
        if (sessionId != FetchSession.NO_ID) {
            return FetchSessions.shardIndexOf(sessionId, shards.size());
        }
        for (int index = 0; index < shards.size(); index++) {
            if (shards.get(index).isCurrent()) {
                return index;
            }
        }
        return 0;
    }

    private void begin(Request request, FetchRequestData body, Responder responder, int shardIndex) {
        boolean usesIds = FIRST_VERSION_WITH_ID <= request.version();
        Wish wish = new Wish(body.sessionId(), body.sessionEpoch(), usesIds, wanted(body, usesIds),
                forgotten(body, usesIds));
        switch (sessions.get(shardIndex).begin(wish, surroundings.clock().monotonicMs())) {
            case Begun.Refused refused ->
                responder.respond(new FetchResponseData().setErrorCode(refused.error().code()));
            case Begun.Serve serve -> read(request, body, responder, serve, partitions.shards().get(shardIndex));
        }
    }

    private void read(Request request, FetchRequestData body, Responder responder, Begun.Serve serve,
            Shard sessionShard) {
        List<FetchItem> items = new ArrayList<>(serve.partitions().size());
        List<FetchItem> here = new ArrayList<>(serve.partitions().size());
        Reader reader = reader(request, body, serve);
        Permissions permissions = access.of(request);
        boolean mayFollow = reader instanceof Reader.Consumer consumer && consumer.knowsFollowers();
        for (SessionPartition wanted : serve.partitions()) {
            if (!permissions.areUnlimited() && !isAllowed(permissions, reader, wanted.key())) {
                items.add(new FetchItem(wanted, FetchedPartition.failed(Errors.TOPIC_AUTHORIZATION_FAILED)));
                continue;
            }
            switch (find(wanted.key(), mayFollow)) {
                case LedPartition led -> {
                    FetchItem item = new FetchItem(wanted, led);
                    items.add(item);
                    here.add(item);
                }
                case Placement.NotHere notHere ->
                    items.add(new FetchItem(wanted, FetchedPartition.failed(notHere.error())));
            }
        }
        int maxBytes = Math.max(0, Math.min(body.maxBytes(), limits.maxBytes()));
        FetchAttempt.Terms terms = new FetchAttempt.Terms(reader, maxBytes, Math.min(body.minBytes(), maxBytes),
                Math.clamp(body.maxWaitMs(), 0, MAX_WAIT_MS));
        FetchAnswer answer = new FetchAnswer(request, serve, items, partitions, others.leaderHints());
        FetchSession session = serve.session();
        Wait wait = new Wait();
        FetchAttempt attempt = new FetchAttempt(terms, surroundings, items, () -> sessionShard.run(() -> {
            session.endWait(wait);
            responder.respond(answer.build());
        }));
        wait.attempt = attempt;
        session.beginWait(wait);
        attempt.start(here);
    }

    /// What the next request of a session ends, if it comes early. Owned by the session's shard.
    private static final class Wait implements Runnable {
        private @Nullable FetchAttempt attempt;

        @Override
        public void run() {
            if (attempt != null) {
                attempt.hurry();
            }
        }
    }

    private Reader reader(Request request, FetchRequestData body, Begun.Serve serve) {
        Follower follower = follower(body, request.version());
        if (follower == null) {
            return new Reader.Consumer(Isolation.ofId(body.isolationLevel()),
                    FIRST_VERSION_WITH_RACK <= request.version(), body.rackId(), others.replicaSelector());
        }
        // Without a session nobody knows what it was told, and all would be news each time.
        boolean hurriesCommits = others.replicaSelector().choosesFollowers()
                && serve.session().id() != FetchSession.NO_ID;
        return new Reader.Replica(follower, hurriesCommits, limits.throttle());
    }

    /// A follower is part of the cluster. An id that no topic has is let pass: that there is none of it is no secret.
    private boolean isAllowed(Permissions permissions, Reader reader, FetchKey key) {
        return switch (reader) {
            case Reader.Replica _ -> permissions.mayOnCluster(AclOperation.CLUSTER_ACTION);
            case Reader.Consumer _ -> {
                String name = key.topic().isZero() ? key.name() : partitions.nameOf(key.topic());
                yield name == null || permissions.mayOnTopic(AclOperation.READ, name);
            }
        };
    }

    private Placement find(FetchKey key, boolean mayFollow) {
        if (mayFollow) {
            return key.topic().isZero()
                    ? partitions.findReplica(key.name(), key.partition())
                    : partitions.findReplica(key.topic(), key.partition());
        }
        return key.topic().isZero()
                ? partitions.find(key.name(), key.partition())
                : partitions.find(key.topic(), key.partition());
    }

    private static List<SessionPartition> wanted(FetchRequestData body, boolean usesIds) {
        List<SessionPartition> wanted = new ArrayList<>();
        for (FetchTopic topic : body.topics()) {
            TopicId id = TopicUuids.of(topic.topicId());
            for (FetchPartition partition : topic.partitions()) {
                FetchKey key = usesIds
                        ? FetchKey.ofId(id, partition.partition())
                        : FetchKey.ofName(topic.topic(), partition.partition());
                wanted.add(new SessionPartition(key, new FetchPosition(partition.currentLeaderEpoch(),
                        partition.fetchOffset(), partition.lastFetchedEpoch(), partition.logStartOffset(),
                        partition.partitionMaxBytes())));
            }
        }
        return wanted;
    }

    private static List<FetchKey> forgotten(FetchRequestData body, boolean usesIds) {
        List<FetchKey> forgotten = new ArrayList<>();
        for (ForgottenTopic topic : body.forgottenTopicsData()) {
            TopicId id = TopicUuids.of(topic.topicId());
            for (int partition : topic.partitions()) {
                forgotten.add(usesIds ? FetchKey.ofId(id, partition) : FetchKey.ofName(topic.topic(), partition));
            }
        }
        return forgotten;
    }
}
