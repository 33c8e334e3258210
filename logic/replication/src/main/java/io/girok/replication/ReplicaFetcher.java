package io.girok.replication;

import io.girok.base.PartitionId;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.base.TopicId;
import io.girok.wire.PeerConnection;
import io.girok.wire.TopicUuids;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches what the followers of one shard lack from one leader, over one connection and in one fetch session
/// (KIP-227). Owned by that shard.
final class ReplicaFetcher {
    /*
     * One request goes round at a time: its answer is appended, and once all of it is durable the next request tells
     * the leader so. While there is nothing to fetch, the request waits at the leader.
     *
     * A follower that joins meanwhile does not wait for that: a second request is sent behind the first, for which the
     * leader answers the first at once. No third one is sent before both are answered.
     *
     * Only what has changed since the last request is in a request. A follower whose leader answers with an error is
     * taken out of the session and put back after a rest, since an error would end every wait. So is one that is
     * throttled, once too much was fetched, and one whose log does not take what came: since that is fetched again each
     * time, the rest grows until something is taken.
     *
     * The leader refuses the session, or the connection ends: all begins anew after a rest, which grows as long as
     * nothing succeeds.
     */

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    private static final short VERSION = 17;
    private static final int MAX_IN_FLIGHT = 2;
    private static final long REST_MS = 30;
    private static final long MAX_REST_MS = 2_000;
    /// After so long the limit is asked again: it may have been raised.
    private static final long MAX_THROTTLE_MS = 1_000;
    private static final long MIN_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 1_000;

    /// A follower, and what the leader was told of it last.
    private static final class Fetched {
        private final PartitionFollower follower;
        /// The first request that names it: answers to earlier ones are meant for another.
        private int firstRequest = Integer.MAX_VALUE;
        private long askedOffset;
        private long toldStartOffset;
        private boolean isResting;
        /// How long it rests when its log does not take what comes next.
        private long restMs = REST_MS;

        Fetched(PartitionFollower follower) {
            this.follower = follower;
        }
    }

    private final int leaderId;
    private final Shard shard;
    private final ReplicaFetchers.Settings settings;
    private final ReplicaFetchers.Leaders leaders;
    private final Map<PartitionId, Fetched> partitions = new HashMap<>();
    /// Whose position the leader does not know.
    private final Map<PartitionId, Fetched> changed = new LinkedHashMap<>();
    /// Whom the session has and should not have.
    private final Set<PartitionId> forgotten = new LinkedHashSet<>();
    private final Set<PartitionFollower> unflushed = new HashSet<>();
    private @Nullable PeerConnection connection;
    private int connectionCount;
    private int sessionId;
    private int sessionEpoch;
    private int lastRequest;
    private int inFlight;
    private boolean isJoined;
    private boolean isQueued;
    private boolean isComplaining;
    private long backoffMs = MIN_BACKOFF_MS;
    private Timers.@Nullable Scheduled backoff;

    ReplicaFetcher(int leaderId, Shard shard, ReplicaFetchers.Settings settings, ReplicaFetchers.Leaders leaders) {
        this.leaderId = leaderId;
        this.shard = shard;
        this.settings = settings;
        this.leaders = leaders;
    }

    void add(PartitionFollower follower) {
        Fetched fetched = new Fetched(follower);
        partitions.put(follower.id(), fetched);
        changed.put(follower.id(), fetched);
        if (!follower.isDurable()) {
            unflushed.add(follower);
        }
        isJoined = true;
        queue();
    }

    void remove(PartitionFollower follower) {
        Fetched removed = partitions.remove(follower.id());
        changed.remove(follower.id());
        unflushed.remove(follower);
        if (removed != null && !removed.isResting && removed.firstRequest != Integer.MAX_VALUE) {
            forgotten.add(follower.id());
        }
        if (partitions.isEmpty()) {
            disconnect();
        } else if (inFlight == 0) {
            queue();
        }
    }

    /// All that `follower` has is durable.
    void flushed(PartitionFollower follower) {
        if (unflushed.remove(follower) && unflushed.isEmpty()) {
            proceed();
        }
    }

    /// Goes on after the shard's present turn, in which more may come.
    private void queue() {
        if (!isQueued) {
            isQueued = true;
            shard.execute(() -> {
                isQueued = false;
                proceed();
            });
        }
    }

    private void proceed() {
        boolean mayHurry = inFlight == 1 && isJoined && sessionId != FetchSession.NO_ID;
        if (partitions.isEmpty() || backoff != null || !unflushed.isEmpty() || (inFlight != 0 && !mayHurry)
                || inFlight == MAX_IN_FLIGHT) {
            return;
        }
        if (sessionId == FetchSession.NO_ID) {
            beginSession();
        }
        if (changed.isEmpty() && partitions.values().stream().allMatch(fetched -> fetched.isResting)) {
            return;
        }
        PeerConnection open = connection;
        if (open == null) {
            open = leaders.connect(leaderId, shard);
            if (open == null) {
                rest("its address is not known");
                return;
            }
            connection = open;
            connectionCount++;
        }
        isJoined = false;
        inFlight++;
        lastRequest++;
        FetchRequestData request = request();
        open.send(ApiKeys.FETCH, VERSION, request, settings.maxWaitMs() + settings.socketLimitMs(),
                new Answer(connectionCount, lastRequest));
    }

    private void beginSession() {
        sessionEpoch = 0;
        forgotten.clear();
        changed.clear();
        partitions.forEach((id, fetched) -> {
            if (!fetched.isResting) {
                changed.put(id, fetched);
            }
        });
    }

    private FetchRequestData request() {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(settings.maxWaitMs())
                .setMinBytes(1)
                .setMaxBytes(settings.maxBytes())
                .setReplicaState(new ReplicaState().setReplicaId(settings.brokerId())
                        .setReplicaEpoch(settings.brokerEpoch().getAsLong()))
                .setSessionId(sessionId)
                .setSessionEpoch(sessionEpoch);
        Map<TopicId, FetchTopic> topics = new LinkedHashMap<>();
        for (Fetched fetched : changed.values()) {
            FetchPosition position = fetched.follower.position(settings.partitionMaxBytes());
            if (position == null) {
                continue;
            }
            PartitionId id = fetched.follower.id();
            fetched.firstRequest = Math.min(fetched.firstRequest, lastRequest);
            fetched.askedOffset = position.fetchOffset();
            fetched.toldStartOffset = position.logStartOffset();
            forgotten.remove(id);
            topics.computeIfAbsent(id.topic(), topic -> new FetchTopic().setTopicId(TopicUuids.of(topic)))
                    .partitions()
                    .add(new FetchPartition().setPartition(id.index())
                            .setCurrentLeaderEpoch(position.currentLeaderEpoch())
                            .setFetchOffset(position.fetchOffset())
                            .setLastFetchedEpoch(position.lastFetchedEpoch())
                            .setLogStartOffset(position.logStartOffset())
                            .setPartitionMaxBytes(position.maxBytes()));
        }
        changed.clear();
        sessionEpoch = sessionEpoch == Integer.MAX_VALUE ? 1 : sessionEpoch + 1;
        return request.setTopics(List.copyOf(topics.values())).setForgottenTopicsData(takeForgotten());
    }

    private List<ForgottenTopic> takeForgotten() {
        Map<TopicId, ForgottenTopic> topics = new LinkedHashMap<>();
        for (PartitionId id : forgotten) {
            topics.computeIfAbsent(id.topic(), topic -> new ForgottenTopic().setTopicId(TopicUuids.of(topic)))
                    .partitions()
                    .add(id.index());
        }
        forgotten.clear();
        return List.copyOf(topics.values());
    }

    private void answered(FetchResponseData response, int request) {
        inFlight--;
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            disconnect();
            rest("it answers a fetch with " + error);
            return;
        }
        backoffMs = MIN_BACKOFF_MS;
        if (isComplaining) {
            isComplaining = false;
            LOG.info("broker {} answers again", leaderId);
        }
        sessionId = response.sessionId();
        for (FetchableTopicResponse topic : response.responses()) {
            TopicId id = TopicUuids.of(topic.topicId());
            for (PartitionData data : topic.partitions()) {
                Fetched fetched = partitions.get(new PartitionId(id, data.partitionIndex()));
                if (fetched != null && fetched.firstRequest <= request && !fetched.isResting) {
                    take(fetched, data);
                }
            }
        }
        proceed();
    }

    private void take(Fetched fetched, PartitionData data) {
        PartitionFollower follower = fetched.follower;
        switch (follower.accept(data, fetched.askedOffset)) {
            case TAKEN -> {
                // The leader knows where it stands, unless it has moved.
                if (0 < data.records().sizeInBytes() || 0 <= data.divergingEpoch().endOffset()
                        || data.errorCode() != Errors.NONE.code()
                        || follower.startOffset() != fetched.toldStartOffset) {
                    changed.put(follower.id(), fetched);
                }
                if (0 < data.records().sizeInBytes()) {
                    fetched.restMs = REST_MS;
                }
                if (!follower.isDurable()) {
                    unflushed.add(follower);
                }
                throttle(fetched, data);
            }
            case REST -> restFor(fetched, REST_MS);
            case NOT_TAKEN -> {
                restFor(fetched, fetched.restMs);
                fetched.restMs = Math.min(MAX_REST_MS, 2 * fetched.restMs);
            }
            case FAILED -> remove(follower);
        }
    }

    private void restFor(Fetched fetched, long ms) {
        leaveOut(fetched);
        var _ = shard.schedule(ms, () -> takeBack(fetched));
    }

    private void throttle(Fetched fetched, PartitionData data) {
        if (fetched.follower.isThrottled(data.highWatermark())) {
            settings.throttle().count(data.records().sizeInBytes());
            if (settings.throttle().isUsedUp()) {
                leaveOut(fetched);
                awaitThrottle(fetched);
            }
        }
    }

    private void awaitThrottle(Fetched fetched) {
        var _ = shard.schedule(Math.clamp(settings.throttle().waitMs(), 1, MAX_THROTTLE_MS), () -> {
            if (settings.throttle().isUsedUp() && partitions.get(fetched.follower.id()) == fetched) {
                awaitThrottle(fetched);
            } else {
                takeBack(fetched);
            }
        });
    }

    private void leaveOut(Fetched fetched) {
        fetched.isResting = true;
        changed.remove(fetched.follower.id());
        forgotten.add(fetched.follower.id());
    }

    private void takeBack(Fetched fetched) {
        PartitionId id = fetched.follower.id();
        if (partitions.get(id) == fetched) {
            fetched.isResting = false;
            changed.put(id, fetched);
            isJoined = true;
            proceed();
        }
    }

    private void failed(IOException cause) {
        disconnect();
        rest(String.valueOf(cause.getMessage()));
    }

    private void rest(String why) {
        if (backoff != null || partitions.isEmpty()) {
            return;
        }
        if (!isComplaining && MIN_BACKOFF_MS < backoffMs) {
            isComplaining = true;
            LOG.info("broker {}, which leads {} partitions that are followed here, does not answer: {}", leaderId,
                    partitions.size(), why);
        }
        backoff = shard.schedule(backoffMs, () -> {
            backoff = null;
            proceed();
        });
        backoffMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2);
    }

    private void disconnect() {
        PeerConnection open = connection;
        connection = null;
        sessionId = FetchSession.NO_ID;
        inFlight = 0;
        if (open != null) {
            open.close();
        }
    }

    /// Of a request; of no interest once the connection is given up.
    private final class Answer implements PeerConnection.Answer {
        private final int connectionNumber;
        private final int request;

        Answer(int connectionNumber, int request) {
            this.connectionNumber = connectionNumber;
            this.request = request;
        }

        @Override
        public void onAnswer(ApiMessage body) {
            if (isOfInterest()) {
                answered((FetchResponseData) body, request);
            }
        }

        @Override
        public void onFailure(IOException cause) {
            if (isOfInterest()) {
                failed(cause);
            }
        }

        private boolean isOfInterest() {
            return connection != null && connectionNumber == connectionCount;
        }
    }
}
