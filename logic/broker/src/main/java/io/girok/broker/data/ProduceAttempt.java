package io.girok.broker.data;

import io.girok.broker.Placement.NotHere;
import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.List;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One produce request on its way. Set up on the connection's event loop, ended by the last shard to finish its part.
final class ProduceAttempt {
    private static final short ACKS_ALL = -1;
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final short FIRST_VERSION_WITH_LEADER = 10;

    private final Request request;
    private final ProduceRequestData body;
    private final Responder responder;
    private final LeaderHints leaderHints;
    private final Permissions permissions;
    private final Errors refusal;
    private final ProduceResponseData response = new ProduceResponseData();

    ProduceAttempt(Request request, ProduceRequestData body, Responder responder, LeaderHints leaderHints,
            Permissions permissions) {
        this.request = request;
        this.body = body;
        this.responder = responder;
        this.leaderHints = leaderHints;
        this.permissions = permissions;
        this.refusal = judge();
    }

    short acks() {
        return body.acks();
    }

    ProduceResponseData response() {
        return response;
    }

    Permissions permissions() {
        return permissions;
    }

    /// Why no partition of the request can be served; [Errors#NONE] when they can.
    Errors refusal() {
        return refusal;
    }

    private Errors judge() {
        String transactionalId = body.transactionalId();
        if (transactionalId != null
                && !permissions.may(AclOperation.WRITE, AclResource.TRANSACTIONAL_ID, transactionalId)) {
            return Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        if (body.acks() != ACKS_ALL && body.acks() != ACKS_NONE && body.acks() != ACKS_LEADER) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        return transactionalId == null ? Errors.NONE : Errors.INVALID_TXN_STATE;
    }

    @Nullable
    String refusalMessage() {
        return switch (refusal) {
            case INVALID_REQUIRED_ACKS -> "acks is " + body.acks() + ", not -1, 0 or 1";
            case INVALID_TXN_STATE -> "this broker does not serve transactions";
            default -> null;
        };
    }

    void refuse(PartitionProduceResponse answer, NotHere notHere) {
        answer.setErrorCode(notHere.error().code());
        boolean isHintKnown = notHere.error() == Errors.NOT_LEADER_OR_FOLLOWER && 0 <= notHere.leaderId();
        if (FIRST_VERSION_WITH_LEADER <= request.version() && isHintKnown) {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(notHere.leaderId()).setLeaderEpoch(notHere.leaderEpoch()));
            addEndpoint(notHere.leaderId());
        }
    }

    void run(List<ProduceItem> items) {
        TimedPart.run(items, body.timeoutMs(), this::respond);
    }

    private void respond() {
        if (body.acks() != ACKS_NONE) {
            responder.respond(response);
            return;
        }
        // Nobody reads an answer: the closed connection is how the producer hears that it has to look again.
        PartitionProduceResponse failed = firstFailure();
        if (failed == null) {
            responder.respondNothing();
        } else {
            responder.closeConnection("produce with acks=0 failed: " + Errors.forCode(failed.errorCode()));
        }
    }

    private @Nullable PartitionProduceResponse firstFailure() {
        for (TopicProduceResponse topic : response.responses()) {
            for (PartitionProduceResponse partition : topic.partitionResponses()) {
                if (partition.errorCode() != Errors.NONE.code()) {
                    return partition;
                }
            }
        }
        return null;
    }

    private void addEndpoint(int brokerId) {
        LeaderHints.Endpoint endpoint = leaderHints.endpoint(brokerId, request.connection().listenerName());
        if (endpoint != null && response.nodeEndpoints().find(brokerId) == null) {
            response.nodeEndpoints()
                    .add(new NodeEndpoint().setNodeId(brokerId)
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(endpoint.rack()));
        }
    }
}
