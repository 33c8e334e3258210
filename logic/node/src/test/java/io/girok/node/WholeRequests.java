package io.girok.node;

import java.util.List;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// For each API that is authorized as a whole, a request; where the answer has an error for each thing, with a thing.
/// Stateless.
final class WholeRequests {
    private WholeRequests() {}

    static ApiMessage of(ApiKeys api) {
        return switch (api) {
            case CREATE_ACLS -> new CreateAclsRequestData().setCreations(
                    List.of(new CreateAclsRequestData.AclCreation().setResourcePatternType((byte) 3)));
            case DELETE_ACLS -> new DeleteAclsRequestData().setFilters(
                    List.of(new DeleteAclsRequestData.DeleteAclsFilter().setPatternTypeFilter((byte) 1)));
            case ALTER_REPLICA_LOG_DIRS -> alterReplicaLogDirs();
            case ALTER_CLIENT_QUOTAS -> new AlterClientQuotasRequestData().setEntries(
                    List.of(new AlterClientQuotasRequestData.EntryData().setEntity(
                            List.of(new AlterClientQuotasRequestData.EntityData().setEntityType("user")))));
            case ALTER_USER_SCRAM_CREDENTIALS -> new AlterUserScramCredentialsRequestData().setDeletions(
                    List.of(new AlterUserScramCredentialsRequestData.ScramCredentialDeletion().setName("alice")));
            case DESCRIBE_USER_SCRAM_CREDENTIALS -> new DescribeUserScramCredentialsRequestData().setUsers(
                    List.of(new DescribeUserScramCredentialsRequestData.UserName().setName("alice")));
            default -> api.messageType.newRequest();
        };
    }

    private static ApiMessage alterReplicaLogDirs() {
        AlterReplicaLogDir directory = new AlterReplicaLogDir().setPath("/data");
        directory.topics()
                .add(new AlterReplicaLogDirTopic().setName("orders")
                        .setPartitions(List.of(0)));
        AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
        request.dirs().add(directory);
        return request;
    }
}
