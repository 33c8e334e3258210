package io.girok.admin;

import io.girok.broker.data.ProducerIds;
import io.girok.membership.ControllerChannel;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Blocks of producer ids from the active controller. Thread-safe.
///
/// @param brokerEpoch of this broker's registration
public record ProducerIdBlocks(ControllerChannel controller, int brokerId, LongSupplier brokerEpoch)
        implements
            ProducerIds.Source {
    private static final short VERSION = 0;
    private static final long ANSWER_LIMIT_MS = 10_000;

    @Override
    public CompletableFuture<ProducerIds.Block> allocate() {
        AllocateProducerIdsRequestData request = new AllocateProducerIdsRequestData().setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch.getAsLong());
        return controller.ask(ApiKeys.ALLOCATE_PRODUCER_IDS, VERSION, request, ANSWER_LIMIT_MS)
                .thenApply(answer -> block((AllocateProducerIdsResponseData) answer));
    }

    private static ProducerIds.Block block(AllocateProducerIdsResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code()) {
            throw new IllegalStateException(
                    "the controller gave no producer ids: " + Errors.forCode(answer.errorCode()));
        }
        return new ProducerIds.Block(answer.producerIdStart(), answer.producerIdLen());
    }
}
