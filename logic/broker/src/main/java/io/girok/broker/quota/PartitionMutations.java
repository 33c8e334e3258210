package io.girok.broker.quota;

import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.quota.QuotaKind;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import java.util.Objects;

/// How many partitions clients have created and deleted, held against their quotas (KIP-599). Counted by the active
/// controller, for the sender of a forwarded request as for one of its own; what nodes need themselves is not.
/// Thread-safe.
public final class PartitionMutations {
    private final ClientQuotas quotas;

    public PartitionMutations(ClientQuotas quotas) {
        this.quotas = quotas;
    }

    /// @param firstStrict the first version of the request whose clients know the error that refuses; older ones have
    ///        all done, and wait afterwards
    /// @param permissions of its sender
    public Charge of(Request request, int firstStrict, Permissions permissions) {
        return new Charge(request, firstStrict <= request.version(), !isOfNode(request, permissions));
    }

    /// Who may speak for clients has topics made that these need. Where nobody is asked what it may do, a node can't be
    /// told from a client.
    private static boolean isOfNode(Request request, Permissions permissions) {
        Connection connection = request.connection();
        return connection.isOurOwn()
                || (!connection.isForwarded() && !permissions.areUnlimited()
                        && permissions.mayQuietlyOnCluster(AclOperation.CLUSTER_ACTION));
    }

    /// Of one request. Owned by who handles it: what is admitted comes before what is made.
    ///
    /// What is admitted is counted at once, and what did not come about is given back: requests that are under way at
    /// the same time know of each other.
    public final class Charge {
        private final String user;
        private final String clientId;
        private final boolean isStrict;
        private final boolean isCounted;
        private long counted;

        private Charge(Request request, boolean isStrict, boolean isCounted) {
            this.user = request.connection().principal().name();
            this.clientId = Objects.requireNonNullElse(request.clientId(), "");
            this.isStrict = isStrict;
            this.isCounted = isCounted;
        }

        /// Whether the client may have so many more partitions created or deleted; asked for each topic in turn. The
        /// one that uses up the quota is admitted whole, as in Apache Kafka, or a big topic would never be. A count
        /// below zero is the controller's to refuse, and makes up for nothing.
        public boolean admits(long partitions) {
            if (partitions <= 0 || !isCounted) {
                return true;
            }
            if (isStrict && 0 < quotas.waitMs(QuotaKind.MUTATION, user, clientId, 0)) {
                return false;
            }
            var _ = quotas.count(QuotaKind.MUTATION, user, clientId, (double) partitions);
            counted += partitions;
            return true;
        }

        /// Says what was in fact created or deleted; asked once, also where nothing was.
        ///
        /// @return for how many milliseconds the client is to wait before it asks for more
        public int made(long partitions) {
            if (!isCounted) {
                return 0;
            }
            return (int) Math.min(Integer.MAX_VALUE,
                    quotas.count(QuotaKind.MUTATION, user, clientId, (double) (partitions - counted)));
        }
    }
}
