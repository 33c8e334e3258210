package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.broker.TestNode;
import io.girok.metadata.MetadataRecord;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeApisTest {
    private final TestNode node = new TestNode();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void everyApiOfTheTableIsAnnounced(int version) {
        ApiVersionsResponseData response = versions(new ApiVersionsRequestData(), version);

        assertThat(response.errorCode()).isZero();
        assertThat(response.apiKeys()).hasSameSizeAs(node.table.rows());
        assertThat(response.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        assertThat(response.apiKeys().find(ApiKeys.PRODUCE.id).maxVersion()).isEqualTo((short) 13);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void onlyFeaturesThatWeHaveAreAnnounced(int version) {
        node.commit(new MetadataRecord.FeatureLevelSet("eligible.leader.replicas.version", 1));

        ApiVersionsResponseData response = versions(new ApiVersionsRequestData().setClientSoftwareName("test")
                .setClientSoftwareVersion("1"), version);

        assertThat(response.supportedFeatures()).extracting(feature -> feature.name())
                .containsExactlyInAnyOrder("eligible.leader.replicas.version", "metadata.version");
        assertThat(response.finalizedFeatures()).hasSize(1);
        assertThat(response.finalizedFeatures().find("eligible.leader.replicas.version").maxVersionLevel())
                .isEqualTo((short) 1);
        assertThat(response.finalizedFeaturesEpoch()).isNotNegative();
    }

    @Test
    void aClientOfAnotherClusterOrNodeIsSentToItsBootstrap() {
        assertThat(versions(request().setClusterId("another"), 5).errorCode())
                .isEqualTo(Errors.REBOOTSTRAP_REQUIRED.code());
        assertThat(versions(request().setClusterId(TestNode.CLUSTER_ID).setNodeId(2), 5).errorCode())
                .isEqualTo(Errors.REBOOTSTRAP_REQUIRED.code());
        assertThat(versions(request().setClusterId(TestNode.CLUSTER_ID).setNodeId(1), 5).errorCode()).isZero();
    }

    @Test
    void softwareNamesAreChecked() {
        assertThat(versions(request().setClientSoftwareName("-bad name"), 3).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void everyIdempotentProducerGetsAnIdOfItsOwn(int version) {
        Set<Long> ids = new HashSet<>();

        for (int i = 0; i < 10; i++) {
            InitProducerIdResponseData response = init(new InitProducerIdRequestData().setTransactionalId(null),
                    version);
            assertThat(response.errorCode()).isZero();
            assertThat(response.producerEpoch()).isZero();
            ids.add(response.producerId());
        }

        assertThat(ids).hasSize(10);
    }

    @Test
    void halfAnIdentityAndTransactionsAreRefused() {
        assertThat(init(new InitProducerIdRequestData().setTransactionalId(null).setProducerId(5), 5).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(init(new InitProducerIdRequestData().setTransactionalId("t"), 5).errorCode())
                .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void logDirectoriesTellTheirPartitionsAndSizes(int version) {
        TopicId orders = node.createTopic("orders", 2);
        node.send(produce("orders", orders, 0, Messages.ALL, batch("one")), 13);
        node.disk.setCapacity(10_000_000);

        DescribeLogDirsResult result = node.send(new DescribeLogDirsRequestData().setTopics(null), version)
                .as(DescribeLogDirsResponseData.class)
                .results()
                .getFirst();

        assertThat(result.errorCode()).isZero();
        assertThat(result.logDir()).isEqualTo("/data");
        assertThat(result.topics().getFirst().partitions()).hasSize(2);
        assertThat(result.topics().getFirst().partitions().getFirst().partitionSize())
                .isEqualTo(batch("one").limit());
        if (4 <= version) {
            assertThat(result.totalBytes()).isEqualTo(10_000_000);
            assertThat(result.usableBytes()).isEqualTo(10_000_000 - node.disk.usedBytes());
        }
    }

    @Test
    void aLogDirectoryThatIsOfflineSaysSo() {
        TopicId orders = node.createTopic("orders", 1);
        node.disk.plant(DiskFault.next(DiskOperation.SYNC));
        node.send(produce("orders", orders, 0, Messages.ALL, batch("one")), 13);

        DescribeLogDirsResult result = node.send(new DescribeLogDirsRequestData().setTopics(null), 5)
                .as(DescribeLogDirsResponseData.class)
                .results()
                .getFirst();

        assertThat(result.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        assertThat(result.logDir()).isEqualTo("/data");
        assertThat(result.topics()).isEmpty();
        assertThat(result.totalBytes()).isEqualTo(-1);
        assertThat(result.usableBytes()).isEqualTo(-1);
    }

    @Test
    void aStoppedBrokerLeavesACleanDirectory() {
        node.createTopic("orders", 2);

        var stopped = node.broker.stop();
        node.runAll();

        assertThat(stopped).isCompleted();
        assertThat(node.disk.openHandles()).isZero();
    }

    private static ApiVersionsRequestData request() {
        return new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1.0");
    }

    private ApiVersionsResponseData versions(ApiVersionsRequestData request, int version) {
        ApiVersionsRequestData complete = request.clientSoftwareName().isEmpty()
                ? request.setClientSoftwareName("test").setClientSoftwareVersion("1.0")
                : request;
        return node.send(complete, version).as(ApiVersionsResponseData.class);
    }

    private InitProducerIdResponseData init(InitProducerIdRequestData request, int version) {
        return node.send(request, version).as(InitProducerIdResponseData.class);
    }
}
