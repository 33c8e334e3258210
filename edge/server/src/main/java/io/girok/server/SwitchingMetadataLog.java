package io.girok.server;

import io.girok.base.Shard;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisMetadataLog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The metadata log of a node that votes, or may be made a voter: while it does not vote, it follows those who do.
/// Thread-safe.
///
/// Both ways end in the delivery of the Raft log, which tells of each record once. So the node goes from following to
/// voting and back with its listener none the wiser.
final class SwitchingMetadataLog implements MetadataLog {
    private static final long LOOK_MS = 100;

    private final RatisMetadataLog voting;
    private final Supplier<FollowedMetadataLog> followers;
    private final Shard shard;
    private volatile @Nullable FollowedMetadataLog following;
    private volatile boolean isClosed;

    /// @param followers makes one that has not been started
    SwitchingMetadataLog(RatisMetadataLog voting, Supplier<FollowedMetadataLog> followers, Shard shard) {
        this.voting = voting;
        this.followers = followers;
        this.shard = shard;
    }

    @Override
    public void start(MetadataListener listener) {
        voting.start(listener);
        shard.execute(this::look);
    }

    private void look() {
        if (isClosed) {
            return;
        }
        try {
            followWhileOutside();
        } finally {
            // Whatever went wrong: a node that looks no more is cut off for good.
            var _ = shard.schedule(LOOK_MS, this::look);
        }
    }

    private void followWhileOutside() {
        boolean isOutside = voting.isOutside();
        FollowedMetadataLog present = following;
        if (isOutside && present == null) {
            FollowedMetadataLog begun = followers.get();
            begun.start(voting.followed());
            following = begun;
        } else if (!isOutside && present != null) {
            following = null;
            present.close();
        }
    }

    /// The one that has the say at the moment.
    private MetadataLog present() {
        FollowedMetadataLog present = following;
        return present == null ? voting : present;
    }

    @Override
    public Leadership leadership() {
        return present().leadership();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
        return present().append(epoch, baseOffset, records);
    }

    @Override
    public CompletableFuture<Long> barrier() {
        return present().barrier();
    }

    @Override
    public CompletableFuture<@Nullable Void> resign(long epoch) {
        return present().resign(epoch);
    }

    @Override
    public CompletableFuture<VoterChange> changeVoters(VoterSet expected, VoterSet target) {
        return voting.changeVoters(expected, target);
    }

    @Override
    public QuorumStatus status() {
        return voting.status();
    }

    /// Who is outside hears where the leader is; its own log says where voters were when it was written.
    @Override
    public @Nullable Voter voter(int voterId) {
        Voter said = present().voter(voterId);
        return said == null ? voting.voter(voterId) : said;
    }

    @Override
    public CompletableFuture<Long> snapshot() {
        return voting.snapshot();
    }

    @Override
    public void close() {
        isClosed = true;
        FollowedMetadataLog present = following;
        if (present != null) {
            present.close();
        }
        voting.close();
    }
}
