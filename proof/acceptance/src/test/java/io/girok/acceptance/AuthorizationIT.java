package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A broker with ACLs, and clients that are nobody in particular (`User:ANONYMOUS`). What no ACL is about is open, so
/// that they may begin at all.
class AuthorizationIT {
    private static final String ANONYMOUS = "User:ANONYMOUS";
    private static final String ACLS = "org.apache.kafka.tools.AclCommand";
    private static final Map<String, String> SETTINGS = Map.of("authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users", "User:root",
            "allow.everyone.if.no.acl.found", "true");

    @TempDir
    static Path directory;
    private static GirokProcess broker;
    private static Admin admin;

    @BeforeAll
    static void startABroker() {
        broker = GirokProcess.start(directory.resolve("data"), SETTINGS);
        admin = Clients.admin(broker.bootstrap());
    }

    @AfterAll
    static void stopTheBroker() {
        admin.close();
        broker.close();
    }

    @AfterEach
    void removeAcls() {
        Clients.await(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    private static AclBinding acl(ResourceType type, String name, AclOperation operation,
            AclPermissionType permission) {
        return new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry(ANONYMOUS, "*", operation, permission));
    }

    private static void allow(ResourceType type, String name, AclOperation operation) {
        Clients.await(admin.createAcls(List.of(acl(type, name, operation, AclPermissionType.ALLOW))).all());
    }

    private static void deny(ResourceType type, String name, AclOperation operation) {
        Clients.await(admin.createAcls(List.of(acl(type, name, operation, AclPermissionType.DENY))).all());
    }

    private static void isDenied(KafkaFuture<?> future, Class<? extends Throwable> how) {
        assertThatThrownBy(() -> Clients.await(future)).hasCauseInstanceOf(how);
    }

    @Test
    void aclsAreCreatedDescribedAndDeleted() {
        AclBinding read = acl(ResourceType.TOPIC, "described", AclOperation.READ, AclPermissionType.ALLOW);
        AclBinding prefixed = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "desc", PatternType.PREFIXED),
                new AccessControlEntry("User:*", "10.0.0.1", AclOperation.ALL, AclPermissionType.DENY));
        Clients.await(admin.createAcls(List.of(read, prefixed, read)).all());

        Collection<AclBinding> matching = Clients.await(admin.describeAcls(new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.TOPIC, "described", PatternType.MATCH),
                AccessControlEntryFilter.ANY)).values());
        Collection<AclBinding> deleted = Clients.await(admin.deleteAcls(List.of(read.toFilter())).all());

        assertThat(matching).containsExactlyInAnyOrder(read, prefixed);
        assertThat(deleted).containsExactly(read);
        assertThat(Clients.await(admin.describeAcls(AclBindingFilter.ANY).values())).containsExactly(prefixed);
        isDenied(admin.createAcls(List.of(acl(ResourceType.CLUSTER, "orders", AclOperation.ALTER,
                AclPermissionType.ALLOW))).all(), InvalidRequestException.class);
    }

    @Test
    void aTopicIsHiddenFromThoseWhoMayNotDescribeIt() {
        Clients.createTopic(admin, "hidden", 1, Map.of());
        // Whoever may delete what the cluster has may delete every topic, and a cluster without an ACL is open.
        allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER);
        deny(ResourceType.TOPIC, "hidden", AclOperation.ALL);
        deny(ResourceType.TOPIC, "no-such-topic", AclOperation.ALL);

        Set<String> names = Clients.await(admin.listTopics().names());

        assertThat(names).doesNotContain("hidden");
        for (String topic : List.of("hidden", "no-such-topic")) {
            TopicPartition partition = new TopicPartition(topic, 0);
            isDenied(admin.describeTopics(List.of(topic)).allTopicNames(), TopicAuthorizationException.class);
            isDenied(admin.deleteTopics(List.of(topic)).all(), TopicAuthorizationException.class);
            isDenied(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all(),
                    TopicAuthorizationException.class);
            isDenied(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all(),
                    TopicAuthorizationException.class);
        }
    }

    @Test
    void producersAndConsumersNeedTheirRights() {
        Clients.createTopic(admin, "guarded", 1, Map.of());
        allow(ResourceType.TOPIC, "guarded", AclOperation.DESCRIBE);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            assertThatThrownBy(() -> Clients.await(producer.send(new ProducerRecord<>("guarded", "a"))))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }

        allow(ResourceType.TOPIC, "guarded", AclOperation.WRITE);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            Clients.await(producer.send(new ProducerRecord<>("guarded", "b")));
        }
        assertThatThrownBy(() -> read("guarded", "guards")).isInstanceOf(TopicAuthorizationException.class);

        allow(ResourceType.TOPIC, "guarded", AclOperation.READ);
        deny(ResourceType.GROUP, "guards", AclOperation.READ);
        assertThatThrownBy(() -> read("guarded", "guards")).isInstanceOf(GroupAuthorizationException.class);
        assertThat(read("guarded", "others")).containsExactly("b");
    }

    private static List<String> read(String topic, String group) {
        Map<String, Object> settings = new HashMap<>(Map.of("group.id", group));
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), settings)) {
            consumer.subscribe(List.of(topic));
            return Clients.poll(consumer, 1).stream().map(record -> record.value()).toList();
        }
    }

    @Test
    void theClusterIsForThoseWhoMay() {
        allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER);

        assertThat(Clients.await(admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                .authorizedOperations())).containsExactlyInAnyOrder(AclOperation.ALTER, AclOperation.DESCRIBE);
        isDenied(admin.describeConfigs(List.of(new org.apache.kafka.common.config.ConfigResource(
                org.apache.kafka.common.config.ConfigResource.Type.BROKER, "1"))).all(),
                ClusterAuthorizationException.class);
    }

    @Test
    void aTopicIsMadeByThoseWhoMay() {
        allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER);
        deny(ResourceType.TOPIC, "forbidden", AclOperation.CREATE);

        assertThatThrownBy(() -> Clients.createTopic(admin, "forbidden", 1, Map.of()))
                .hasCauseInstanceOf(TopicAuthorizationException.class);

        Clients.createTopic(admin, "not-forbidden", 1, Map.of());
    }

    @Test
    void theCommandLineAddsListsAndRemoves() {
        CommandRun added = girok("acl", "add", "--allow-principal", "User:alice", "--producer", "--topic", "cli-acl",
                "--resource-pattern-type", "prefixed").succeeded();
        girok("acl", "add", "--deny-principal", "User:*", "--deny-host", "10.0.0.1", "--operation", "Read", "--group",
                "cli-group").succeeded();
        CommandRun listed = girok("acl", "list", "--topic", "cli-acl-1", "--resource-pattern-type", "match", "--json")
                .succeeded();
        CommandRun wrong = girok("acl", "add", "--allow-principal", "User:alice", "--operation", "read", "--cluster");
        CommandRun removed = girok("acl", "remove", "--group", "cli-group").succeeded();

        assertThat(added.lines()).hasSize(4);
        assertThat(listed.output()).contains("\"principal\":\"User:alice\"", "\"operation\":\"WRITE\"",
                "\"pattern\":\"PREFIXED\"").doesNotContain("cli-group");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.errors()).contains("cluster-action");
        assertThat(removed.lines().getLast()).contains("cli-group", "User:*", "10.0.0.1", "DENY", "READ");
        assertThat(Clients.await(admin.describeAcls(AclBindingFilter.ANY).values())).hasSize(3);
    }

    private static CommandRun girok(String... arguments) {
        String[] all = java.util.stream.Stream.concat(java.util.Arrays.stream(arguments),
                java.util.stream.Stream.of("--bootstrap", broker.bootstrap())).toArray(String[]::new);
        return CommandRun.girok("", all);
    }

    @Test
    void apacheKafkasToolManagesAclsToo() {
        CommandRun.kafkaTool("", ACLS, "--bootstrap-server", broker.bootstrap(), "--add", "--allow-principal",
                "User:alice", "--consumer", "--topic", "tool-acl", "--group", "tool-group").succeeded();
        CommandRun listed = CommandRun.kafkaTool("", ACLS, "--bootstrap-server", broker.bootstrap(), "--list",
                "--topic", "tool-acl").succeeded();
        CommandRun.kafkaTool("", ACLS, "--bootstrap-server", broker.bootstrap(), "--remove", "--topic", "tool-acl",
                "--force").succeeded();

        assertThat(listed.output()).contains("principal=User:alice", "operation=READ", "permissionType=ALLOW");
        assertThat(Clients.await(admin.describeAcls(AclBindingFilter.ANY).values())).hasSize(1);
    }

    @Test
    void whatIsDeniedAndChangedIsInTheAuditLogAndStrangersWriteNoLines() {
        String attack = "x\r\ngirok.audit acl added principal='User:root'";
        allow(ResourceType.TOPIC, attack, AclOperation.READ);
        deny(ResourceType.TOPIC, "audited", AclOperation.DESCRIBE);
        isDenied(admin.listOffsets(Map.of(new TopicPartition("audited", 0), OffsetSpec.latest())).all(),
                TopicAuthorizationException.class);

        String log = String.join("\n", broker.outputLines()) + "\n" + broker.errorText();
        assertThat(log.lines().filter(line -> line.contains("denied principal='User:ANONYMOUS'")))
                .anySatisfy(line -> assertThat(line).contains("host='127.0.0.1'", "operation=DESCRIBE",
                        "resource=TOPIC", "name='audited'", "client='"));
        assertThat(log.lines().filter(line -> line.contains("acl added"))).isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("principal='User:ANONYMOUS'"));
        assertThat(log).contains("x\\u000d\\u000agirok.audit");
    }

    @Test
    void aclsSurviveARestart() {
        Path data = directory.resolve("restarted");
        AclBinding own = acl(ResourceType.TOPIC, "kept", AclOperation.READ, AclPermissionType.ALLOW);
        try (GirokProcess first = GirokProcess.start(data, SETTINGS); Admin client = Clients.admin(first.bootstrap())) {
            Clients.await(client.createAcls(List.of(own)).all());
            first.kill();
        }
        try (GirokProcess second = GirokProcess.start(data, SETTINGS);
                Admin client = Clients.admin(second.bootstrap())) {
            assertThat(Clients.await(client.describeAcls(AclBindingFilter.ANY).values())).containsExactly(own);
        }
    }

    /// Nodes are clients, too: with an ACL about the cluster they need theirs.
    @Test
    void aClusterReplicatesAndDecidesWithAcls() {
        try (GirokCluster cluster = GirokCluster.start(directory.resolve("cluster"), SETTINGS);
                Admin client = Clients.admin(cluster.bootstrap());
                KafkaProducer<String, String> producer = Clients.producer(cluster.bootstrap(), Map.of("acks", "all"))) {
            Clients.await(client.createAcls(List.of(
                    acl(ResourceType.CLUSTER, "kafka-cluster", AclOperation.CLUSTER_ACTION, AclPermissionType.ALLOW),
                    acl(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER, AclPermissionType.ALLOW),
                    acl(ResourceType.TOPIC, "forbidden", AclOperation.CREATE, AclPermissionType.DENY))).all());

            for (int i = 0; i < 5; i++) {
                isDenied(client.createTopics(List.of(new NewTopic("forbidden", 1, (short) 3))).all(),
                        TopicAuthorizationException.class);
                Clients.await(client.createTopics(List.of(new NewTopic("replicated-" + i, 1, (short) 3))).all());
                Clients.await(producer.send(new ProducerRecord<>("replicated-" + i, "a")));
            }
        }
    }

    @Test
    void withoutAnAuthorizerThereAreNoAclsAndAnotherOneIsRefused() {
        try (GirokProcess open = GirokProcess.start(directory.resolve("open"));
                Admin client = Clients.admin(open.bootstrap())) {
            isDenied(client.createAcls(List.of(acl(ResourceType.TOPIC, "t", AclOperation.READ,
                    AclPermissionType.ALLOW))).all(), SecurityDisabledException.class);
        }
        CommandRun refused = CommandRun.girok("", "start", "--set", "log.dirs=" + directory.resolve("refused"),
                "--set", "authorizer.class.name=com.example.Authorizer");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.errors()).contains("authorizer.class.name", "com.example.Authorizer",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    }
}
