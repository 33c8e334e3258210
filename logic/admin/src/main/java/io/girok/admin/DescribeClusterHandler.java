package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.metadata.MetadataImage;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/// DescribeCluster. Thread-safe.
final class DescribeClusterHandler implements ApiHandler {
    private static final byte BROKERS = 1;

    private final ClusterView cluster;

    DescribeClusterHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeClusterRequestData body = (DescribeClusterRequestData) request.body();
        DescribeClusterResponseData answer = new DescribeClusterResponseData().setEndpointType(BROKERS);
        if (body.endpointType() != BROKERS) {
            answer.setErrorCode(
                    body.endpointType() == 2
                            ? Errors.MISMATCHED_ENDPOINT_TYPE.code()
                            : Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
                    .setErrorMessage("this listener belongs to a broker; endpoint type " + body.endpointType()
                            + " was asked for");
            responder.respond(answer);
            return;
        }
        MetadataImage image = cluster.image();
        answer.setClusterId(image.clusterId())
                .setControllerId(cluster.controllerId())
                .setClusterAuthorizedOperations(
                        body.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        for (ClusterView.Node node : cluster.nodes(image, request.connection())) {
            if (!node.isFenced() || body.includeFencedBrokers()) {
                answer.brokers()
                        .add(
                                new DescribeClusterBroker().setBrokerId(node.id())
                                        .setHost(node.host())
                                        .setPort(node.port())
                                        .setRack(node.rack())
                                        .setIsFenced(node.isFenced()));
            }
        }
        responder.respond(answer);
    }
}
