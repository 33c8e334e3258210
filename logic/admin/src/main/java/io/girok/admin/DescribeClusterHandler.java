package io.girok.admin;

import io.girok.admin.ClusterView.Controllers;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/// DescribeCluster, of brokers and of controllers (KIP-919): one listener serves for both. Thread-safe.
final class DescribeClusterHandler implements ApiHandler {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final ClusterView cluster;
    private final Access access;

    DescribeClusterHandler(ClusterView cluster, Access access) {
        this.access = access;
        this.cluster = cluster;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeClusterRequestData body = (DescribeClusterRequestData) request.body();
        Permissions permissions = access.of(request);
        MetadataImage image = cluster.image();
        DescribeClusterResponseData answer = new DescribeClusterResponseData().setEndpointType(body.endpointType())
                .setClusterId(image.clusterId())
                .setClusterAuthorizedOperations(
                        AuthorizedOperations.onCluster(body.includeClusterAuthorizedOperations(), permissions));
        switch (body.endpointType()) {
            case BROKERS -> addBrokers(answer, image, request.connection(), body.includeFencedBrokers());
            case CONTROLLERS -> {
                // As Apache Kafka's controllers, which are asked by administrators only.
                if (permissions.mayOnCluster(AclOperation.ALTER)) {
                    addControllers(answer, image, request.connection());
                } else {
                    refuse(answer, Errors.CLUSTER_AUTHORIZATION_FAILED, Errors.CLUSTER_AUTHORIZATION_FAILED.message());
                }
            }
            default -> refuse(answer, Errors.UNSUPPORTED_ENDPOINT_TYPE,
                    "endpoints are of type 1, brokers, or 2, controllers; type " + body.endpointType()
                            + " was asked for");
        }
        responder.respond(answer);
    }

    private void addBrokers(DescribeClusterResponseData answer, MetadataImage image, Connection connection,
            boolean withFenced) {
        answer.setControllerId(cluster.controllerId());
        for (ClusterView.Node node : cluster.nodes(image, connection)) {
            if (!node.isFenced() || withFenced) {
                answer.brokers().add(described(node).setRack(node.rack()).setIsFenced(node.isFenced()));
            }
        }
    }

    private void addControllers(DescribeClusterResponseData answer, MetadataImage image, Connection connection) {
        Controllers controllers = cluster.controllers(image, connection);
        if (controllers.nodes().isEmpty()) {
            refuse(answer, Errors.MISMATCHED_ENDPOINT_TYPE,
                    "this node is a broker only; controllers are asked of one that votes");
            return;
        }
        answer.setControllerId(controllers.activeId());
        controllers.nodes().forEach(node -> answer.brokers().add(described(node)));
    }

    private static DescribeClusterBroker described(ClusterView.Node node) {
        return new DescribeClusterBroker().setBrokerId(node.id()).setHost(node.host()).setPort(node.port());
    }

    private static void refuse(DescribeClusterResponseData answer, Errors error, String message) {
        answer.setErrorCode(error.code()).setErrorMessage(message);
    }
}
