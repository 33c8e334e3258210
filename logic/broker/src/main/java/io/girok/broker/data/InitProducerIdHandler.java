package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// InitProducerId, versions 0 to 5, for idempotent producers: each gets an id of its own. A producer that brings an id
/// to have its epoch raised (KIP-360) gets a fresh id as well, as in Apache Kafka: without a transactional id nobody
/// remembers its epoch. Immutable.
final class InitProducerIdHandler implements ApiHandler {
    private static final long NO_ID = -1;
    private static final short NO_EPOCH = -1;
    private static final short FIRST_EPOCH = 0;

    private final ProducerIds producerIds;
    private final Access access;

    InitProducerIdHandler(ProducerIds producerIds, Access access) {
        this.producerIds = producerIds;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        InitProducerIdRequestData body = (InitProducerIdRequestData) request.body();
        String transactionalId = body.transactionalId();
        Errors denied = denied(access.of(request), transactionalId);
        if (denied != Errors.NONE) {
            responder.respond(failed(denied));
            return;
        }
        if ((body.producerId() == NO_ID) != (body.producerEpoch() == NO_EPOCH)
                || (transactionalId != null && transactionalId.isEmpty())) {
            responder.respond(failed(Errors.INVALID_REQUEST));
            return;
        }
        if (transactionalId != null) {
            // No transactions here: an error that ends the producer, where a retriable one would leave it hanging.
            responder.respond(failed(Errors.UNSUPPORTED_VERSION));
            return;
        }
        producerIds.next(id -> responder.respond(id == ProducerIds.NONE
                // Of the errors that say "later", the one that does not send the client to look for a coordinator.
                ? failed(Errors.COORDINATOR_LOAD_IN_PROGRESS)
                : new InitProducerIdResponseData().setProducerId(id).setProducerEpoch(FIRST_EPOCH)));
    }

    /// Who may write to some topic may do so with sequence numbers (KIP-679).
    private static Errors denied(Permissions permissions, @Nullable String transactionalId) {
        if (transactionalId != null) {
            return permissions.may(AclOperation.WRITE, AclResource.TRANSACTIONAL_ID, transactionalId)
                    ? Errors.NONE
                    : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        return permissions.mayOnSome(AclOperation.WRITE, AclResource.TOPIC)
                || permissions.mayOnCluster(AclOperation.IDEMPOTENT_WRITE)
                        ? Errors.NONE
                        : Errors.CLUSTER_AUTHORIZATION_FAILED;
    }

    private static InitProducerIdResponseData failed(Errors error) {
        return new InitProducerIdResponseData().setErrorCode(error.code())
                .setProducerId(NO_ID)
                .setProducerEpoch(NO_EPOCH);
    }
}
