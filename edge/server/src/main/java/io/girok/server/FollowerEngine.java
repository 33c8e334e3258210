package io.girok.server;

import io.girok.membership.EnvelopeHandler;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.metadata.MetadataLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node does not vote: it follows the voters. Thread-safe.
final class FollowerEngine implements QuorumEngine {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerEngine.class);
    private static final long COPY_LIMIT_MS = 5_000;

    private final FollowerLinks links;
    private final FollowedMetadataLog log;

    FollowerEngine(FollowerLinks links) {
        this.links = links;
        this.log = links.keeping();
    }

    @Override
    public MetadataLog log() {
        return log;
    }

    @Override
    public EnvelopeHandler.QuorumMessages messages() {
        return message -> CompletableFuture.failedFuture(new IOException("this node does not vote"));
    }

    @Override
    public void whenGone(int nodeId) {
        // No member of the quorum says anything to this node.
    }

    /// Keeps what it knows for the next start.
    @Override
    public void close() {
        try {
            log.snapshot().get(COPY_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("no copy of the metadata was kept; the next start asks the voters for more: {}", e.toString());
        } catch (InterruptedException e) {
            LOG.warn("interrupted while a copy of the metadata was kept");
        }
        log.close();
        links.close();
    }
}
