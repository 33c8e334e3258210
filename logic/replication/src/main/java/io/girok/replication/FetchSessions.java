package io.girok.replication;

import io.girok.base.Invariant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The fetch sessions that one shard keeps (KIP-227). Owned by that shard.
///
/// An id tells which shard keeps its session: the remainder of its division by the number of shards. Ids are random, so
/// that nobody gets hold of another's session by counting.
///
/// The number of sessions and of partitions in them is bounded. A newcomer that finds no room takes the place of the
/// session that was idle longest, if that was idle for long; else of a smaller one that has lived for long; else it
/// goes without a session, which costs it nothing but bytes.
public final class FetchSessions {
    private static final int INITIAL_EPOCH = 0;
    private static final int FINAL_EPOCH = -1;
    private static final int MAX_ID_DRAWS = 100;

    /// @param maxSessions `max.incremental.fetch.session.cache.slots`, this shard's share
    /// @param maxPartitions in all sessions together
    /// @param evictionMs how long a session is safe from newcomers
    public record Limits(int maxSessions, int maxPartitions, long evictionMs) {}

    /// What a request names.
    ///
    /// @param usesTopicIds whether its version names topics by id
    public record Wish(int sessionId, int sessionEpoch, boolean usesTopicIds, List<SessionPartition> wanted,
            List<FetchKey> forgotten) {}

    /// What a request turned out to be.
    public sealed interface Begun {
        /// @param isFull whether the answer lists every partition, not only the news
        record Serve(FetchSession session, List<SessionPartition> partitions, boolean isFull) implements Begun {}

        record Refused(Errors error) implements Begun {}
    }

    private final int shardIndex;
    private final int shardCount;
    private final Limits limits;
    private final IntSupplier randomInts;
    /// Least recently used first.
    private final LinkedHashMap<Integer, FetchSession> sessions = new LinkedHashMap<>(16, 0.75f, true);
    private int partitionCount;

    public FetchSessions(int shardIndex, int shardCount, Limits limits, IntSupplier randomInts) {
        Invariant.check(0 <= shardIndex && shardIndex < shardCount, "a shard's index is below their number");
        this.shardIndex = shardIndex;
        this.shardCount = shardCount;
        this.limits = limits;
        this.randomInts = randomInts;
    }

    /// The index of the shard that keeps the session `id`.
    public static int shardIndexOf(int sessionId, int shardCount) {
        return Math.floorMod(sessionId, shardCount);
    }

    public Begun begin(Wish wish, long nowMs) {
        return switch (wish.sessionEpoch()) {
            case FINAL_EPOCH -> {
                remove(wish.sessionId());
                yield serveFully(new FetchSession(FetchSession.NO_ID, wish.usesTopicIds(), wish.wanted(), nowMs));
            }
            case INITIAL_EPOCH -> {
                remove(wish.sessionId());
                yield serveFully(create(wish, nowMs));
            }
            default -> proceed(wish, nowMs);
        };
    }

    public int sessionCount() {
        return sessions.size();
    }

    public int partitionCount() {
        return partitionCount;
    }

    private static Begun serveFully(FetchSession session) {
        return new Begun.Serve(session, session.partitions(), true);
    }

    private Begun proceed(Wish wish, long nowMs) {
        FetchSession session = sessions.get(wish.sessionId());
        if (session == null) {
            return new Begun.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.nextEpoch() != wish.sessionEpoch()) {
            return new Begun.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.usesTopicIds() != wish.usesTopicIds()) {
            return new Begun.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.hurryUp();
        int sizeBefore = session.size();
        session.update(wish.wanted(), wish.forgotten(), nowMs);
        partitionCount += session.size() - sizeBefore;
        if (session.size() == 0 || limits.maxPartitions() < partitionCount) {
            remove(session.id());
            return new Begun.Serve(new FetchSession(FetchSession.NO_ID, wish.usesTopicIds(), List.of(), nowMs),
                    session.partitions(), true);
        }
        return new Begun.Serve(session, session.partitions(), false);
    }

    private FetchSession create(Wish wish, long nowMs) {
        int size = wish.wanted().size();
        int id = 0 < size && size <= limits.maxPartitions() && makeRoom(size, nowMs) ? freeId() : FetchSession.NO_ID;
        FetchSession session = new FetchSession(id, wish.usesTopicIds(), wish.wanted(), nowMs);
        if (id != FetchSession.NO_ID) {
            sessions.put(id, session);
            partitionCount += session.size();
        }
        return session;
    }

    private boolean makeRoom(int size, long nowMs) {
        while (limits.maxSessions() <= sessions.size() || limits.maxPartitions() - size < partitionCount) {
            FetchSession victim = victim(size, nowMs);
            if (victim == null) {
                return false;
            }
            remove(victim.id());
        }
        return true;
    }

    private @Nullable FetchSession victim(int size, long nowMs) {
        Collection<FetchSession> byUse = sessions.values();
        if (byUse.isEmpty()) {
            return null;
        }
        FetchSession idlest = byUse.iterator().next();
        if (idlest.lastUsedMs() <= nowMs - limits.evictionMs()) {
            return idlest;
        }
        FetchSession smallest = null;
        for (FetchSession session : byUse) {
            boolean isSmaller = session.size() < (smallest == null ? size : smallest.size());
            if (isSmaller && session.createdMs() <= nowMs - limits.evictionMs()) {
                smallest = session;
            }
        }
        return smallest;
    }

    private int freeId() {
        for (int draw = 0; draw < MAX_ID_DRAWS; draw++) {
            int candidate = randomInts.getAsInt() & Integer.MAX_VALUE;
            int id = candidate - shardIndexOf(candidate, shardCount) + shardIndex;
            if (0 < id && !sessions.containsKey(id)) {
                return id;
            }
        }
        return FetchSession.NO_ID;
    }

    private void remove(int sessionId) {
        FetchSession session = sessions.remove(sessionId);
        if (session != null) {
            partitionCount -= session.size();
        }
    }
}
