package io.girok.server;

import io.girok.base.Clock;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import io.girok.wire.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// This node votes, or can be made a voter: it holds the metadata log itself, with the other voters if there are any.
/// While it does not vote, it follows them. Thread-safe.
final class RatisEngine implements QuorumEngine {
    private final QuorumTransport transport;
    private final RatisMetadataLog ratis;
    private final MetadataLog log;
    private final @Nullable FollowerLinks links;

    /// @param around how voters are followed while this node does not vote; null for a node that is alone
    RatisEngine(ServerSettings settings, QuorumTransport transport, Clock clock, @Nullable FollowerLinks around) {
        this.transport = transport;
        this.ratis = new RatisMetadataLog(ratisSettings(settings), clock, transport::send);
        this.links = around;
        this.log = around == null
                ? ratis
                : new SwitchingMetadataLog(ratis, () -> around.forgetful(ratis.status().voterSet().ids()),
                        around.shard());
    }

    private static RatisSettings ratisSettings(ServerSettings settings) {
        if (!settings.voters().isCluster()) {
            return RatisSettings.alone(settings.logDirectories().getFirst(), settings.nodeId());
        }
        List<Voter> voters = settings.voters()
                .byId()
                .entrySet()
                .stream()
                .map(entry -> new Voter(entry.getKey(), entry.getValue().host(), entry.getValue().port()))
                .toList();
        return settings.isVoter()
                ? RatisSettings.among(settings.logDirectories().getFirst(), settings.nodeId(), VoterSet.of(voters))
                : RatisSettings.joining(settings.logDirectories().getFirst(), settings.nodeId());
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    @Override
    public EnvelopeHandler.QuorumMessages messages() {
        return ratis::onRequest;
    }

    @Override
    public void whenGone(int nodeId) {
        ratis.voterGone(nodeId);
    }

    @Override
    public @Nullable NodeAddress candidate(int nodeId) {
        return QuorumEngine.address(ratis.candidate(nodeId));
    }

    @Override
    public void close() {
        log.close();
        transport.close();
        if (links != null) {
            links.close();
        }
    }
}
