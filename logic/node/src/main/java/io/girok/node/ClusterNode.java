package io.girok.node;

import io.girok.broker.ApiTable;
import io.girok.cleaner.CleanerStatus;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.RequestHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A node of a cluster, as the process around it sees it: a [Node] with partitions, or a [ControllerNode]. Thread-safe;
/// [#register], [#takeUpWork], [#ready], [#leave], [#stop] and [#close] are called once, in this order.
public interface ClusterNode {
    /// What the metadata log is to be started with.
    MetadataListener metadataListener();

    /// The requests that are answered, and how.
    ApiTable table();

    /// What answers whoever is connected: nodes from the start of the metadata log on, clients once this node is ready.
    RequestHandler door();

    /// What clients, and addresses that open connections, may use of this node.
    ClientQuotas quotas();

    /// Has the quorum told when the process of `nodeId`, which need not turn to this node ever, is gone.
    void watch(int nodeId);

    /// Joins the cluster, as soon as that has an active controller. Done when the metadata are known up to there; fails
    /// when they are another cluster's.
    ///
    /// @param endpoints where clients reach this node
    CompletableFuture<Void> register(List<Endpoint> endpoints);

    /// Blocks.
    void takeUpWork();

    /// Done when this node serves; clients are let in.
    CompletableFuture<Void> ready();

    CleanerStatus cleanerStatus();

    /// Has others take over. Done when nothing is needed of this node any more.
    CompletableFuture<Void> leave();

    /// Closes the log directories clean. No request may come any more.
    CompletableFuture<Void> stop();

    /// Nothing is asked of anybody any more. The metadata log is closed after it.
    void close();
}
