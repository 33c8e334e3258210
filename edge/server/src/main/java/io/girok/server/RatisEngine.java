package io.girok.server;

import io.girok.base.Clock;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import io.girok.wire.NodeAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// This node is a voter: it holds the metadata log itself, with the other voters if there are any. Thread-safe.
final class RatisEngine implements QuorumEngine {
    private final QuorumVoters voters;
    private final QuorumTransport transport;
    private final RatisMetadataLog log;

    RatisEngine(ServerSettings settings, QuorumTransport transport, Clock clock) {
        this.voters = settings.voters();
        this.transport = transport;
        List<Integer> ids = voters.isCluster() ? voters.ids() : List.of(settings.nodeId());
        RatisSettings ratis = RatisSettings.among(settings.logDirectories().getFirst(), settings.nodeId(), ids);
        this.log = new RatisMetadataLog(ratis, clock, transport::send);
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    @Override
    public String clusterId(Optional<String> remembered, Supplier<String> chosen) {
        return remembered.orElseGet(chosen);
    }

    @Override
    public void start(MetadataListener listener, Endpoint own, IntConsumer watch) {
        log.start(listener);
    }

    @Override
    public @Nullable NodeAddress address(int nodeId) {
        return voters.address(nodeId);
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
