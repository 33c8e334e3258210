package io.girok.admin;

import io.girok.admin.ClusterView.Controllers;
import io.girok.broker.ApiHandler;
import io.girok.metadata.MetadataImage;
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

    DescribeClusterHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeClusterRequestData body = (DescribeClusterRequestData) request.body();
        MetadataImage image = cluster.image();
        DescribeClusterResponseData answer = new DescribeClusterResponseData().setEndpointType(body.endpointType())
                .setClusterId(image.clusterId())
                .setClusterAuthorizedOperations(
                        body.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        switch (body.endpointType()) {
            case BROKERS -> addBrokers(answer, image, request.connection(), body.includeFencedBrokers());
            case CONTROLLERS -> addControllers(answer, image, request.connection());
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
