package io.girok.broker.quota;

import io.girok.base.Clock;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.access.Access;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.quota.QuotaKind;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import java.util.Objects;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.jspecify.annotations.Nullable;

/// Counts what clients send, are sent and keep a thread busy with, and has those wait that are above their quotas: the
/// answer goes out at once, with the time in it, and nothing is read from the connection for so long (KIP-219). What
/// nodes ask each other is not counted; what others ask as if they were nodes is. Thread-safe.
public final class QuotaGate implements RequestHandler {
    private static final double PERCENT_OF_NS = 100 / 1e9;

    private final ApiTable table;
    private final ClientQuotas quotas;
    private final Clock clock;
    private final Access access;
    private final long maxRequestWaitMs;

    /// @param maxRequestWaitMs the longest wait for the time that requests take
    public QuotaGate(ApiTable table, ClientQuotas quotas, Clock clock, Access access, long maxRequestWaitMs) {
        this.table = table;
        this.quotas = quotas;
        this.clock = clock;
        this.access = access;
        this.maxRequestWaitMs = maxRequestWaitMs;
    }

    @Override
    public void handle(Request request, Responder responder) {
        if (!quotas.limitRequests() || isOfNodes(request)) {
            table.handle(request, responder);
            return;
        }
        Metered metered = new Metered(request, responder);
        table.handle(request, metered);
        metered.handledNs = clock.monotonicNs();
    }

    private boolean isOfNodes(Request request) {
        return looksLikeNodes(request) && access.of(request).mayQuietlyOnCluster(AclOperation.CLUSTER_ACTION);
    }

    private boolean looksLikeNodes(Request request) {
        if (request.body() instanceof FetchRequestData fetch) {
            return 0 <= fetch.replicaId() || 0 <= fetch.replicaState().replicaId();
        }
        ApiRow row = table.row(request.api());
        return row == null || row.operation() == ApiOperation.CLUSTER_ACTION;
    }

    private static long producedBytes(Request request) {
        long bytes = 0;
        if (request.body() instanceof ProduceRequestData produce) {
            for (ProduceRequestData.TopicProduceData topic : produce.topicData()) {
                for (ProduceRequestData.PartitionProduceData partition : topic.partitionData()) {
                    bytes += sizeOf(partition.records());
                }
            }
        }
        return bytes;
    }

    private static long fetchedBytes(ApiMessage answer) {
        long bytes = 0;
        if (answer instanceof FetchResponseData fetched) {
            for (FetchResponseData.FetchableTopicResponse topic : fetched.responses()) {
                for (FetchResponseData.PartitionData partition : topic.partitions()) {
                    bytes += sizeOf(partition.records());
                }
            }
        }
        return bytes;
    }

    /// What the controller has said already ([PartitionMutations]).
    private static long mutationWaitMs(ApiMessage answer) {
        return switch (answer) {
            case CreateTopicsResponseData created -> created.throttleTimeMs();
            case DeleteTopicsResponseData deleted -> deleted.throttleTimeMs();
            case CreatePartitionsResponseData grown -> grown.throttleTimeMs();
            default -> 0;
        };
    }

    private static long sizeOf(@Nullable BaseRecords records) {
        return records == null ? 0 : records.sizeInBytes();
    }

    /// Counts when the answer is there.
    private final class Metered implements Responder {
        private final Request request;
        private final Responder responder;
        private final long producedBytes;
        private final long beganNs = clock.monotonicNs();
        /// When the handler was done with it, 0 before.
        private volatile long handledNs;

        Metered(Request request, Responder responder) {
            this.request = request;
            this.responder = responder;
            // They are gone once it is answered.
            this.producedBytes = producedBytes(request);
        }

        @Override
        public void respond(ApiMessage body) {
            long waitMs = Math.max(mutationWaitMs(body), waitMs(fetchedBytes(body)));
            if (0 < waitMs) {
                ThrottleTime.set(body, (int) Math.min(Integer.MAX_VALUE, waitMs));
            }
            responder.respond(body);
            request.connection().pause(waitMs);
        }

        @Override
        public void respondNothing() {
            long waitMs = waitMs(0);
            responder.respondNothing();
            request.connection().pause(waitMs);
        }

        @Override
        public void closeConnection(String reason) {
            // Whoever comes back pays for what it has sent before.
            var _ = waitMs(0);
            responder.closeConnection(reason);
        }

        private long waitMs(long fetchedBytes) {
            long produce = count(QuotaKind.PRODUCE, (double) producedBytes);
            long fetch = count(QuotaKind.FETCH, (double) fetchedBytes);
            if (request.api() == ApiKeys.API_VERSIONS) {
                return 0;
            }
            long busyNs = (handledNs == 0 ? clock.monotonicNs() : handledNs) - beganNs;
            long time = Math.min(maxRequestWaitMs, count(QuotaKind.REQUEST, busyNs * PERCENT_OF_NS));
            return Math.max(time, Math.max(produce, fetch));
        }

        private long count(QuotaKind kind, double amount) {
            return amount == 0 || !quotas.has(kind)
                    ? 0
                    : quotas.count(kind, request.connection().principal().name(),
                            Objects.requireNonNullElse(request.clientId(), ""), amount);
        }
    }
}
