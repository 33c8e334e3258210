package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.access.Access;
import io.girok.broker.quota.PartitionMutations;
import io.girok.controller.ActiveController;
import io.girok.membership.ControllerChannel;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.security.quota.ClientQuotas;
import io.girok.security.sasl.DelegationTokens;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;

/// The rows of the APIs that describe and change the cluster. Thread-safe.
public final class AdminApis {
    private final ClusterView cluster;
    private final EffectiveSettings settings;
    private final ActiveController controller;
    private final TopicCommands topicCommands;
    private final NewTopics newTopics;
    private final Access access;
    private final PartitionMutations mutations;

    /// @param access what is asked before anything is done
    /// @param quotas of clients, for what the controller does for them
    /// @param served done when the partitions of a topic in the image are open, or known to be offline
    /// @param channel to the active controller, for what this node needs of it itself
    public AdminApis(ClusterView cluster, EffectiveSettings settings, ActiveController controller,
            ControllerChannel channel, Access access, ClientQuotas quotas,
            Function<String, CompletableFuture<Void>> served) {
        this.access = access;
        this.mutations = new PartitionMutations(quotas);
        this.newTopics = new NewTopics(channel);
        this.cluster = cluster;
        this.settings = settings;
        this.controller = controller;
        this.topicCommands = new TopicCommands(controller, served);
    }

    public List<ApiRow> rows() {
        Settings given = settings.given();
        OnDemandTopics onDemand = given.get(BrokerSettings.AUTO_CREATE_TOPICS_ENABLE)
                ? new OnDemandTopics(newTopics)
                : null;
        AlterConfigsHandlers configs = new AlterConfigsHandlers(controller, access);
        AclHandlers acls = new AclHandlers(controller, cluster, access);
        DelegationTokens tokens = DelegationTokens.of(given, cluster::image);
        TokenHandlers tokenChanges = new TokenHandlers(controller, tokens, access, given);
        return access.over(List.of(
                topic(ApiKeys.METADATA, ApiOperation.DESCRIBE, new MetadataHandler(cluster, access, onDemand)),
                topic(
                        ApiKeys.CREATE_TOPICS,
                        ApiOperation.CREATE,
                        new CreateTopicsHandler(cluster, settings, topicCommands, access, mutations)),
                topic(
                        ApiKeys.DELETE_TOPICS,
                        ApiOperation.DELETE,
                        new DeleteTopicsHandler(controller, cluster, access, mutations,
                                given.get(BrokerSettings.DELETE_TOPIC_ENABLE))),
                topic(ApiKeys.CREATE_PARTITIONS, ApiOperation.ALTER,
                        new CreatePartitionsHandler(cluster, topicCommands, access, mutations)),
                topic(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        ApiOperation.DESCRIBE,
                        new DescribeTopicPartitionsHandler(cluster, access)),
                cluster(
                        ApiKeys.DESCRIBE_CONFIGS,
                        ApiOperation.DESCRIBE_CONFIGS,
                        new DescribeConfigsHandler(cluster, settings, access)).checkedByHandler(),
                cluster(ApiKeys.INCREMENTAL_ALTER_CONFIGS, ApiOperation.ALTER_CONFIGS, configs::alter)
                        .checkedByHandler(),
                cluster(ApiKeys.ALTER_CONFIGS, ApiOperation.ALTER_CONFIGS, configs::replace).checkedByHandler(),
                cluster(ApiKeys.ELECT_LEADERS, ApiOperation.ALTER, new ElectLeadersHandler(controller)),
                cluster(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, ApiOperation.ALTER,
                        new AlterPartitionReassignmentsHandler(controller)),
                cluster(ApiKeys.LIST_PARTITION_REASSIGNMENTS, ApiOperation.DESCRIBE,
                        new ListPartitionReassignmentsHandler(cluster)),
                cluster(ApiKeys.DESCRIBE_CLIENT_QUOTAS, ApiOperation.DESCRIBE_CONFIGS,
                        new DescribeClientQuotasHandler(cluster::image)),
                cluster(ApiKeys.ALTER_CLIENT_QUOTAS, ApiOperation.ALTER_CONFIGS,
                        new AlterClientQuotasHandler(controller, access)),
                cluster(ApiKeys.UPDATE_FEATURES, ApiOperation.ALTER, new UpdateFeaturesHandler(controller)),
                cluster(ApiKeys.UNREGISTER_BROKER, ApiOperation.ALTER, new UnregisterBrokerHandler(controller)),
                cluster(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, ApiOperation.DESCRIBE,
                        new DescribeUserScramCredentialsHandler(cluster::image)),
                cluster(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, ApiOperation.ALTER,
                        new AlterUserScramCredentialsHandler(controller, access)),
                ApiRow.of(ApiKeys.CREATE_DELEGATION_TOKEN, ApiOperation.CREATE_TOKENS, ApiResource.USER,
                        tokenChanges::create),
                ApiRow.of(ApiKeys.RENEW_DELEGATION_TOKEN, ApiOperation.NONE, ApiResource.NONE, tokenChanges::renew),
                ApiRow.of(ApiKeys.EXPIRE_DELEGATION_TOKEN, ApiOperation.NONE, ApiResource.NONE, tokenChanges::expire),
                ApiRow.of(ApiKeys.DESCRIBE_DELEGATION_TOKEN, ApiOperation.DESCRIBE, ApiResource.DELEGATION_TOKEN,
                        new DescribeDelegationTokenHandler(cluster::image, tokens, access)),
                cluster(ApiKeys.DESCRIBE_CLUSTER, ApiOperation.DESCRIBE, new DescribeClusterHandler(cluster, access))
                        .checkedByHandler(),
                cluster(ApiKeys.DESCRIBE_ACLS, ApiOperation.DESCRIBE, acls::describe),
                cluster(ApiKeys.CREATE_ACLS, ApiOperation.ALTER, acls::create),
                cluster(ApiKeys.DELETE_ACLS, ApiOperation.ALTER, acls::delete)));
    }

    private static ApiRow topic(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.TOPIC, handler);
    }

    private static ApiRow cluster(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.CLUSTER, handler);
    }
}
