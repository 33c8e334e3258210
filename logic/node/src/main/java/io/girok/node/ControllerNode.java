package io.girok.node;

import io.girok.base.Shard;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.LeaderView;
import io.girok.broker.data.DataApis;
import io.girok.cleaner.CleanerStatus;
import io.girok.log.LogDirectory;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A node that votes on the metadata and may be the active controller, but is no broker: it has no partitions, clients
/// never hear of it, and it answers what Kafka's controllers answer. Thread-safe.
public final class ControllerNode implements ClusterNode {
    private static final long LOOK_INTERVAL_MS = 20;

    private final List<LogDirectory> directories;
    private final MetadataLog log;
    private final Shard shard;
    private final ControllerRole role;
    private final ApiTable table;
    private final ClientQuotas quotas;
    private final StartGate gate;
    private volatile boolean isClosed;

    /// @param directories open, of which the first one has the metadata log; closed by [#stop]
    public ControllerNode(Node.Identity identity, Node.Surroundings surroundings, List<LogDirectory> directories,
            Node.Quorum quorum, Node.Others others) {
        this.directories = List.copyOf(directories);
        this.log = quorum.log();
        this.shard = surroundings.first();
        this.role = new ControllerRole(identity, surroundings, quorum, others);
        MetadataStore store = quorum.store();
        LeaderView leaders = new LeaderView(identity.nodeId(), () -> false);
        List<ApiRow> rows = new ArrayList<>(
                role.rows(role.channel(), leaders, topic -> CompletableFuture.completedFuture(null))
                        .stream()
                        .filter(ApiRow::isOfControllers)
                        .toList());
        rows.add(DataApis.apiVersions(() -> role.table().supported(), store::image, identity.nodeId()));
        this.table = new ApiTable(rows);
        this.quotas = role.quotas();
        this.gate = role.serve(table, table);
    }

    @Override
    public MetadataListener metadataListener() {
        return role.metadataListener();
    }

    @Override
    public ApiTable table() {
        return table;
    }

    @Override
    public RequestHandler door() {
        return gate;
    }

    @Override
    public ClientQuotas quotas() {
        return quotas;
    }

    @Override
    public void watch(int nodeId) {
        role.watch(nodeId);
    }

    /// Nobody registers: the voters know each other. Done when one of them leads.
    @Override
    public CompletableFuture<Void> register(List<Endpoint> endpoints) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        lookForLeader(known);
        return known;
    }

    private void lookForLeader(CompletableFuture<Void> known) {
        if (0 <= log.leadership().leaderId()) {
            known.complete(null);
        } else if (!isClosed) {
            var _ = shard.schedule(LOOK_INTERVAL_MS, () -> lookForLeader(known));
        }
    }

    @Override
    public void takeUpWork() {
        // It has no partitions.
    }

    @Override
    public CompletableFuture<Void> ready() {
        gate.open();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CleanerStatus cleanerStatus() {
        return CleanerStatus.NONE;
    }

    /// It leads no partition; that another one leads the metadata log is seen to by who stops this one.
    @Override
    public CompletableFuture<Void> leave() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> stop() {
        directories.stream().filter(directory -> directory.failure().isEmpty()).forEach(LogDirectory::closeClean);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        isClosed = true;
        role.close();
    }
}
