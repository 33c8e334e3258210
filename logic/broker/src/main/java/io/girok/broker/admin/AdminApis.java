package io.girok.broker.admin;

import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.controller.ActiveController;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/// The rows of the APIs that describe and change the cluster. Thread-safe.
public final class AdminApis {
    private final ClusterView cluster;
    private final EffectiveSettings settings;
    private final ActiveController controller;

    public AdminApis(ClusterView cluster, EffectiveSettings settings, ActiveController controller) {
        this.cluster = cluster;
        this.settings = settings;
        this.controller = controller;
    }

    public List<ApiRow> rows() {
        TopicHandlers topics = new TopicHandlers(cluster, settings, controller);
        ConfigHandlers configs = new ConfigHandlers(controller);
        boolean createsOnDemand = settings.given().get(BrokerSettings.AUTO_CREATE_TOPICS_ENABLE);
        return List.of(
                topic(
                        ApiKeys.METADATA,
                        ApiOperation.DESCRIBE,
                        new MetadataHandler(cluster, createsOnDemand ? topics.onDemand() : null)),
                topic(ApiKeys.CREATE_TOPICS, ApiOperation.CREATE, topics::create),
                topic(ApiKeys.DELETE_TOPICS, ApiOperation.DELETE, topics::delete),
                topic(ApiKeys.CREATE_PARTITIONS, ApiOperation.ALTER, topics::addPartitions),
                topic(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        ApiOperation.DESCRIBE,
                        new DescribeTopicPartitionsHandler(cluster)),
                cluster(
                        ApiKeys.DESCRIBE_CONFIGS,
                        ApiOperation.DESCRIBE_CONFIGS,
                        new DescribeConfigsHandler(cluster, settings)),
                cluster(ApiKeys.INCREMENTAL_ALTER_CONFIGS, ApiOperation.ALTER_CONFIGS, configs::alter),
                cluster(ApiKeys.ALTER_CONFIGS, ApiOperation.ALTER_CONFIGS, configs::replace),
                cluster(ApiKeys.DESCRIBE_CLUSTER, ApiOperation.DESCRIBE, new DescribeClusterHandler(cluster)));
    }

    private static ApiRow topic(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.TOPIC, handler);
    }

    private static ApiRow cluster(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.CLUSTER, handler);
    }
}
