package io.girok.server;

import io.girok.base.Clock;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.MetadataLog;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import java.util.List;

/// This node is a voter: it holds the metadata log itself, with the other voters if there are any. Thread-safe.
final class RatisEngine implements QuorumEngine {
    private final QuorumTransport transport;
    private final RatisMetadataLog log;

    RatisEngine(ServerSettings settings, QuorumTransport transport, Clock clock) {
        this.transport = transport;
        List<Integer> voters = settings.voters().isCluster() ? settings.voters().ids() : List.of(settings.nodeId());
        RatisSettings ratis = RatisSettings.among(settings.logDirectories().getFirst(), settings.nodeId(), voters);
        this.log = new RatisMetadataLog(ratis, clock, transport::send);
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    @Override
    public EnvelopeHandler.QuorumMessages messages() {
        return log::onRequest;
    }

    @Override
    public void whenGone(int nodeId) {
        log.voterGone(nodeId);
    }

    @Override
    public void close() {
        log.close();
        transport.close();
    }
}
