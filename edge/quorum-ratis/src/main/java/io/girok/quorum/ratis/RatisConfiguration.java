package io.girok.quorum.ratis;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Girok's settings in Ratis' words, and those of Ratis' own that differ from its defaults. Pure.
final class RatisConfiguration {
    /// Of an entry of Raft's log, among others.
    static final int BYTE_LIMIT = 1024 * 1024;
    private static final long SEGMENT_BYTES = 8 * 1024 * 1024;
    private static final long CACHED_BYTES = 16 * 1024 * 1024;
    private static final int POOL_THREADS = 2;
    /// A single voter's first election: nobody else has to be heard.
    private static final int FIRST_ELECTION_MS = 5;
    /// So much later than the voter before it in the order of the ids a voter calls the first election after a start:
    /// two at once might both get one vote, and then all wait for their elections to time out.
    private static final int RANK_STEP_MS = 300;
    /// A node that joins votes once it is behind by less than may be in flight at any time.
    private static final int CAUGHT_UP_ENTRIES = 64;
    private static final int STAGING_MS = 10_000;
    private static final TimeDuration NEVER = TimeDuration.valueOf(3_650, TimeUnit.DAYS);

    private RatisConfiguration() {}

    static RaftProperties of(RatisSettings settings) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(settings.directory().toFile()));
        setTiming(properties, settings);
        setLog(properties, settings.isSingleVoter());
        setPools(properties);
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.ONE_SECOND);
        RaftConfigKeys.Rpc.setType(properties, new VoterRpcType());
        return properties;
    }

    private static void setTiming(RaftProperties properties, RatisSettings settings) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, milliseconds(settings.timing().minElectionMs()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, milliseconds(settings.timing().maxElectionMs()));
        setFirstElection(properties, settings);
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        if (!settings.isSingleVoter()) {
            // A leader that lost its majority may have the longest log: nobody leads until it stands again. Ratis also
            // has a leader step down after a pause that is longer; alone, that would only cost an election.
            RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties,
                    milliseconds(settings.timing().maxElectionMs()));
        }
        RaftServerConfigKeys.setStagingCatchupGap(properties, CAUGHT_UP_ENTRIES);
        RaftServerConfigKeys.setStagingTimeout(properties, milliseconds(STAGING_MS));
        // Ratis would close itself for good after a minute's pause, as when a laptop sleeps.
        RaftServerConfigKeys.setCloseThreshold(properties, NEVER);
    }

    private static void setFirstElection(RaftProperties properties, RatisSettings settings) {
        int firstMs = settings.timing().firstElectionMs();
        int earliestMs = settings.isSingleVoter() ? FIRST_ELECTION_MS : firstMs + RANK_STEP_MS * settings.rank();
        int latestMs = earliestMs
                + (settings.isSingleVoter() ? FIRST_ELECTION_MS : Math.min(firstMs, RANK_STEP_MS) / 2);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, milliseconds(earliestMs));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, milliseconds(latestMs));
    }

    /// From here on a vote may take as long as it may later. Ratis asks each time, and takes the time after which the
    /// first election is called for the one within which the votes must be there: too little for a disk that is slow.
    static void allowTimeForVotes(RaftProperties properties) {
        // In this order: at no time is the earliest after the latest.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties,
                RaftServerConfigKeys.Rpc.timeoutMax(properties));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties,
                RaftServerConfigKeys.Rpc.timeoutMin(properties));
    }

    private static void setLog(RaftProperties properties, boolean isSingleVoter) {
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(SEGMENT_BYTES));
        Log.setPreallocatedSize(properties, SizeInBytes.valueOf(BYTE_LIMIT));
        Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(BYTE_LIMIT));
        // An entry and its length must fit; less, and the start fails half way and hangs.
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(BYTE_LIMIT + 8));
        Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(CACHED_BYTES));
        Log.setPurgeUptoSnapshotIndex(properties, true);
        Log.setPurgeGap(properties, 1);
        // The other policy cuts the log at the damage, and with it what was acknowledged behind it.
        Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
        if (isSingleVoter) {
            // The commit index in the log lets a follower apply before it hears from a leader; alone it doubles writes.
            Log.setLogMetadataEnabled(properties, false);
        }
        // An entry is answered once it is flushed, never before.
        Log.setUnsafeFlushEnabled(properties, false);
        Log.setAsyncFlushEnabled(properties, false);
    }

    private static void setPools(RaftProperties properties) {
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, POOL_THREADS);
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, POOL_THREADS);
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, POOL_THREADS);
    }

    private static TimeDuration milliseconds(int ms) {
        return TimeDuration.valueOf(ms, TimeUnit.MILLISECONDS);
    }
}
