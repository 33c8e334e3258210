package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// DescribeAcls, CreateAcls and DeleteAcls, frame by frame.
class AclAdminTest {
    private static final String STANDARD = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

    private final AdminNode node = new AdminNode("authorizer.class.name", STANDARD, "super.users", "User:root");

    static IntStream versions() {
        return IntStream.rangeClosed(ApiKeys.CREATE_ACLS.oldestVersion(), ApiKeys.CREATE_ACLS.latestVersion());
    }

    private static AclCreation read(String topic) {
        return new AclCreation().setResourceType(ResourceType.TOPIC.code())
                .setResourceName(topic)
                .setResourcePatternType(PatternType.LITERAL.code())
                .setPrincipal("User:alice")
                .setHost("*")
                .setOperation(AclOperation.READ.code())
                .setPermissionType(AclPermissionType.ALLOW.code());
    }

    private List<Errors> create(String user, AclCreation... wanted) {
        CreateAclsRequestData request = new CreateAclsRequestData().setCreations(List.of(wanted));
        return node.askAs(user, request, 3)
                .as(CreateAclsResponseData.class)
                .results()
                .stream()
                .map(result -> Errors.forCode(result.errorCode()))
                .toList();
    }

    private static DescribeAclsRequestData matching(String topic, PatternType type) {
        return new DescribeAclsRequestData().setResourceTypeFilter(ResourceType.TOPIC.code())
                .setResourceNameFilter(topic)
                .setPatternTypeFilter(type.code())
                .setPrincipalFilter(null)
                .setHostFilter(null)
                .setOperation(AclOperation.ANY.code())
                .setPermissionType(AclPermissionType.ANY.code());
    }

    private List<String> described(DescribeAclsRequestData filter) {
        return node.askAs("root", filter, 3)
                .as(DescribeAclsResponseData.class)
                .resources()
                .stream()
                .map(resource -> PatternType.fromCode(resource.patternType()) + " " + resource.resourceName())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatIsCreatedIsDescribedAndDeleted(int version) {
        CreateAclsRequestData wanted = new CreateAclsRequestData().setCreations(List.of(read("orders")));
        assertThat(node.askAs("root", wanted, version).as(CreateAclsResponseData.class).results())
                .singleElement()
                .satisfies(result -> assertThat(result.errorCode()).isZero());

        assertThat(node.askAs("root", matching("orders", PatternType.LITERAL), version)
                .as(DescribeAclsResponseData.class)
                .resources())
                .singleElement()
                .satisfies(resource -> assertThat(resource.acls()).singleElement().satisfies(acl -> {
                    assertThat(acl.principal()).isEqualTo("User:alice");
                    assertThat(acl.host()).isEqualTo("*");
                    assertThat(acl.operation()).isEqualTo(AclOperation.READ.code());
                    assertThat(acl.permissionType()).isEqualTo(AclPermissionType.ALLOW.code());
                }));
        DeleteAclsRequestData unwanted = new DeleteAclsRequestData().setFilters(List.of(
                new DeleteAclsFilter().setResourceTypeFilter(ResourceType.ANY.code())
                        .setResourceNameFilter(null)
                        .setPatternTypeFilter(PatternType.ANY.code())
                        .setPrincipalFilter(null)
                        .setHostFilter(null)
                        .setOperation(AclOperation.ANY.code())
                        .setPermissionType(AclPermissionType.ANY.code())));
        assertThat(node.askAs("root", unwanted, version).as(DeleteAclsResponseData.class).filterResults())
                .singleElement()
                .satisfies(result -> assertThat(result.matchingAcls()).hasSize(1));
        assertThat(described(matching("orders", PatternType.ANY))).isEmpty();
    }

    @Test
    void aNameMatchesPatternsThatCoverIt() {
        create("root", read("orders"), read("*"), read("ord").setResourcePatternType(PatternType.PREFIXED.code()),
                read("payments"));

        assertThat(described(matching("orders", PatternType.MATCH)))
                .containsExactlyInAnyOrder("LITERAL orders", "LITERAL *", "PREFIXED ord");
        assertThat(described(matching("ord", PatternType.ANY))).containsExactly("PREFIXED ord");
        assertThat(described(matching("*", PatternType.LITERAL))).containsExactly("LITERAL *");
        assertThat(described(matching(null, PatternType.PREFIXED))).containsExactly("PREFIXED ord");
        assertThat(described(matching(null, PatternType.MATCH))).hasSize(4);
    }

    @Test
    void whatMakesNoSenseIsRefusedAlone() {
        assertThat(create("root", read("orders").setResourceType((byte) 99), read("").setHost("*"),
                read("orders").setOperation(AclOperation.ANY.code()), read("orders").setPermissionType((byte) 0),
                read("orders").setResourcePatternType(PatternType.MATCH.code()), read("orders").setPrincipal("alice"),
                read("orders")))
                .containsExactly(Errors.INVALID_REQUEST, Errors.INVALID_REQUEST, Errors.INVALID_REQUEST,
                        Errors.INVALID_REQUEST, Errors.INVALID_REQUEST, Errors.INVALID_REQUEST, Errors.NONE);
        assertThat(node.askAs("root", matching("orders", PatternType.UNKNOWN), 3)
                .as(DescribeAclsResponseData.class)
                .errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(described(matching(null, PatternType.ANY))).containsExactly("LITERAL orders");
    }

    @Test
    void strangersNeitherSeeNorChangeAcls() {
        assertThat(create("mallory", read("orders"))).containsExactly(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(node.askAs("mallory", matching(null, PatternType.ANY), 3)
                .as(DescribeAclsResponseData.class)
                .errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());

        create("root", read("kafka-cluster").setResourceType(ResourceType.CLUSTER.code())
                .setPrincipal("User:mallory")
                .setOperation(AclOperation.ALTER.code()));

        assertThat(create("mallory", read("orders"))).containsExactly(Errors.NONE);
        assertThat(node.askAs("mallory", matching(null, PatternType.ANY), 3)
                .as(DescribeAclsResponseData.class)
                .errorCode()).isZero();
    }

    @Test
    void strangersWithNumbersThatNobodyKnowsAreStrangers() {
        assertThat(create("mallory", read("orders").setOperation((byte) 99)))
                .containsExactly(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(node.askAs("mallory", matching(null, PatternType.UNKNOWN), 3)
                .as(DescribeAclsResponseData.class)
                .errorCode()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
    }

    @Test
    void withoutAnAuthorizerThereAreNoAcls() {
        AdminNode open = new AdminNode();

        assertThat(open.ask(new CreateAclsRequestData().setCreations(List.of(read("orders"))), 3)
                .as(CreateAclsResponseData.class)
                .results()).extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.SECURITY_DISABLED);
        assertThat(open.ask(matching(null, PatternType.ANY), 3).as(DescribeAclsResponseData.class).errorCode())
                .isEqualTo(Errors.SECURITY_DISABLED.code());
    }

    @Test
    void nothingIsSaidWithoutAController() {
        node.loseTheQuorum();

        assertThat(create("root", read("orders"))).singleElement()
                .satisfies(error -> assertThat(Objects.requireNonNull(error)).isEqualTo(Errors.NOT_CONTROLLER));
    }
}
