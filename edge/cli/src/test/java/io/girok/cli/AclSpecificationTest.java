package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AclSpecificationTest {
    private static Set<AclBinding> acls(String... arguments) {
        AclAdd command = new AclAdd();
        new CommandLine(command).parseArgs(arguments);
        return command.wanted.acls();
    }

    private static AclBinding acl(ResourceType type, String name, PatternType pattern, String principal,
            AclOperation operation) {
        return new AclBinding(new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    @Test
    void everyResourceGoesWithEveryPrincipalHostAndOperation() {
        Set<AclBinding> acls = acls("--allow-principal", "User:a", "--allow-principal", "User:b", "--allow-host",
                "10.0.0.1", "--allow-host", "10.0.0.2", "--operation", "Read", "--operation", "describe-configs",
                "--topic", "x", "--topic", "y");

        assertThat(acls).hasSize(16);
    }

    @Test
    void whatDeniesMayStandBesideWhatAllows() {
        assertThat(acls("--allow-principal", "User:*", "--deny-principal", "User:eve", "--deny-host", "10.0.0.1",
                "--cluster", "--operation", "ClusterAction")).containsExactlyInAnyOrder(
                        acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, "User:*",
                                AclOperation.CLUSTER_ACTION),
                        new AclBinding(
                                new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL),
                                new AccessControlEntry("User:eve", "10.0.0.1", AclOperation.CLUSTER_ACTION,
                                        AclPermissionType.DENY)));
    }

    @Test
    void aProducerAndAConsumerGetWhatTheyNeed() {
        assertThat(acls("--allow-principal", "User:a", "--producer", "--consumer", "--topic", "x", "--group", "g",
                "--resource-pattern-type", "PREFIXED")).containsExactlyInAnyOrder(
                        acl(ResourceType.TOPIC, "x", PatternType.PREFIXED, "User:a", AclOperation.WRITE),
                        acl(ResourceType.TOPIC, "x", PatternType.PREFIXED, "User:a", AclOperation.DESCRIBE),
                        acl(ResourceType.TOPIC, "x", PatternType.PREFIXED, "User:a", AclOperation.CREATE),
                        acl(ResourceType.TOPIC, "x", PatternType.PREFIXED, "User:a", AclOperation.READ),
                        acl(ResourceType.GROUP, "g", PatternType.PREFIXED, "User:a", AclOperation.READ));
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        refuses("who is missing", "--topic", "x");
        refuses("what is missing", "--allow-principal", "User:a");
        refuses("TYPE:NAME", "--allow-principal", "alice", "--topic", "x");
        refuses("for nobody", "--allow-principal", "User:a", "--deny-host", "10.0.0.1", "--topic", "x");
        refuses("'fly' is not known", "--allow-principal", "User:a", "--topic", "x", "--operation", "fly");
        refuses("can't be done to a group", "--allow-principal", "User:a", "--group", "g", "--operation", "write");
        refuses("must not be empty", "--allow-principal", "User:a", "--topic", "");
        refuses("literal or prefixed", "--allow-principal", "User:a", "--topic", "x", "--resource-pattern-type",
                "match");
        refuses("is not one of", "--allow-principal", "User:a", "--topic", "x", "--resource-pattern-type", "regex");
        refuses("goes with --group", "--allow-principal", "User:a", "--consumer", "--topic", "x");
        refuses("go with --topic", "--allow-principal", "User:a", "--producer");
        refuses("needs anything", "--allow-principal", "User:a", "--producer", "--topic", "x", "--cluster");
    }

    private static void refuses(String why, String... arguments) {
        assertThatThrownBy(() -> acls(arguments)).isInstanceOf(Failure.class).hasMessageContaining(why);
    }
}
