package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.broker.TestConnection;
import io.girok.controller.CreateAcls;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData.CreatableRenewers;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData.DescribeDelegationTokenOwner;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData.DescribedDelegationToken;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The APIs of delegation tokens, frame by frame, on a node with authorization.
class TokenAdminTest {
    private static final long DAY_MS = 86_400_000;

    private final AdminNode node = new AdminNode("authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "delegation.token.secret.key", "key");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aTokenIsMadeForWhoAsksForIt(int version) throws Exception {
        CreateDelegationTokenResponseData token = create("alice", request("bob"), version);

        long nowMs = node.clock.wallMs();
        assertThat(token.errorCode()).isZero();
        assertThat(token.principalType() + ":" + token.principalName()).isEqualTo("User:alice");
        assertThat(token.tokenRequesterPrincipalName()).isEqualTo(version < 3 ? "" : "alice");
        assertThat(token.issueTimestampMs()).isEqualTo(nowMs);
        assertThat(token.expiryTimestampMs()).isEqualTo(nowMs + DAY_MS);
        assertThat(token.maxTimestampMs()).isEqualTo(nowMs + 7 * DAY_MS);
        assertThat(token.hmac()).isEqualTo(hmac(token.tokenId()));
        assertThat(described("alice", null, version)).extracting(DescribedDelegationToken::tokenId)
                .containsExactly(token.tokenId());
        assertThat(described("bob", null, version)).singleElement().satisfies(seen -> {
            assertThat(seen.hmac()).isEqualTo(token.hmac());
            assertThat(seen.renewers()).singleElement()
                    .satisfies(renewer -> assertThat(renewer.principalName()).isEqualTo("bob"));
        });
        assertThat(described("carol", null, version)).isEmpty();
    }

    @Test
    void whoMayMakesTokensForOthers() {
        CreateDelegationTokenRequestData forBob = request("carol").setOwnerPrincipalType("User")
                .setOwnerPrincipalName("bob");

        assertThat(error(create("alice", forBob, 3))).isEqualTo(Errors.DELEGATION_TOKEN_AUTHORIZATION_FAILED);
        allow("alice", AclResource.USER, "User:bob", AclOperation.CREATE_TOKENS);
        CreateDelegationTokenResponseData token = create("alice", forBob, 3);

        assertThat(error(token)).isEqualTo(Errors.NONE);
        assertThat(token.principalName()).isEqualTo("bob");
        assertThat(token.tokenRequesterPrincipalName()).isEqualTo("alice");
        assertThat(described("alice", null, 3)).hasSize(1);
        assertThat(renew("alice", token.hmac(), -1).errorCode())
                .isEqualTo(Errors.DELEGATION_TOKEN_OWNER_MISMATCH.code());
        assertThat(renew("bob", token.hmac(), -1).errorCode()).isZero();
    }

    @Test
    void whoMayDescribesTheTokensOfOthers() {
        String one = create("alice", request(), 3).tokenId();
        String other = create("alice", request(), 3).tokenId();
        create("bob", request(), 3);

        allow("dave", AclResource.DELEGATION_TOKEN, one, AclOperation.DESCRIBE);
        assertThat(described("dave", null, 3)).extracting(DescribedDelegationToken::tokenId).containsExactly(one);
        allow("erin", AclResource.USER, "User:alice", AclOperation.DESCRIBE_TOKENS);
        assertThat(described("erin", null, 3)).extracting(DescribedDelegationToken::tokenId)
                .containsExactlyInAnyOrder(one, other);
        assertThat(described("erin", List.of(owner("alice")), 3)).hasSize(2);
        assertThat(described("erin", List.of(owner("bob"), owner("")), 3)).isEmpty();
        assertThat(described("alice", List.of(), 3)).isEmpty();
    }

    @Test
    void aTokenIsRenewedAndEnded() {
        CreateDelegationTokenResponseData token = create("alice", request("bob").setMaxLifetimeMs(2 * DAY_MS), 3);
        node.clock.advance(DAY_MS / 2);
        long nowMs = node.clock.wallMs();

        assertThat(renew("bob", token.hmac(), 10).expiryTimestampMs()).isEqualTo(nowMs + 10);
        assertThat(renew("bob", token.hmac(), 9 * DAY_MS).expiryTimestampMs()).isEqualTo(nowMs + DAY_MS);
        assertThat(expire("carol", token.hmac(), -1).errorCode())
                .isEqualTo(Errors.DELEGATION_TOKEN_OWNER_MISMATCH.code());
        assertThat(expire("alice", token.hmac(), 5).expiryTimestampMs()).isEqualTo(nowMs + 5);
        node.clock.advance(6);
        assertThat(renew("alice", token.hmac(), -1).errorCode()).isEqualTo(Errors.DELEGATION_TOKEN_EXPIRED.code());
        assertThat(renew("alice", new byte[64], -1).errorCode()).isEqualTo(Errors.DELEGATION_TOKEN_NOT_FOUND.code());

        byte[] second = create("alice", request(), 3).hmac();
        assertThat(expire("alice", second, -1).expiryTimestampMs()).isEqualTo(node.clock.wallMs());
        assertThat(expire("alice", second, -1).errorCode()).isEqualTo(Errors.DELEGATION_TOKEN_NOT_FOUND.code());
        assertThat(node.audited).filteredOn(line -> line.startsWith("token changed"))
                .hasSize(6)
                .first()
                .asString()
                .matches("token changed principal='User:alice' host='.*' of='User:alice' 'CREATE " + token.tokenId()
                        + " until=.*'");
    }

    @Test
    void whoIsNobodyOrLetInByATokenAsksInVain() {
        TestConnection byToken = TestConnection.byToken(Principal.user("alice"));
        for (TestConnection connection : List.of(byToken, new TestConnection(Principal.ANONYMOUS))) {
            Errors refused = Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED;
            assertThat(error(node.askBy(connection, request(), 3).as(CreateDelegationTokenResponseData.class)))
                    .isEqualTo(refused);
            assertThat(node.askBy(connection, new RenewDelegationTokenRequestData(), 2)
                    .as(RenewDelegationTokenResponseData.class)
                    .errorCode()).isEqualTo(refused.code());
            assertThat(node.askBy(connection, new ExpireDelegationTokenRequestData(), 2)
                    .as(ExpireDelegationTokenResponseData.class)
                    .errorCode()).isEqualTo(refused.code());
            assertThat(node.askBy(connection, new DescribeDelegationTokenRequestData(), 3)
                    .as(DescribeDelegationTokenResponseData.class)
                    .errorCode()).isEqualTo(refused.code());
        }
    }

    @Test
    void withoutASecretKeyThereAreNoTokens() {
        AdminNode without = new AdminNode("delegation.token.secret.key", "");
        Errors disabled = Errors.DELEGATION_TOKEN_AUTH_DISABLED;

        assertThat(error(without.askAs("alice", request(), 3).as(CreateDelegationTokenResponseData.class)))
                .isEqualTo(disabled);
        assertThat(without.askAs("alice", new RenewDelegationTokenRequestData(), 2)
                .as(RenewDelegationTokenResponseData.class)
                .errorCode()).isEqualTo(disabled.code());
        assertThat(without.askAs("alice", new DescribeDelegationTokenRequestData(), 3)
                .as(DescribeDelegationTokenResponseData.class)
                .errorCode()).isEqualTo(disabled.code());
    }

    @Test
    void renewersAreUsersWithNames() {
        CreateDelegationTokenRequestData group = request();
        group.renewers().add(new CreatableRenewers().setPrincipalType("Group").setPrincipalName("staff"));

        assertThat(error(create("alice", group, 3))).isEqualTo(Errors.INVALID_PRINCIPAL_TYPE);
        assertThat(error(create("alice", request(""), 3))).isEqualTo(Errors.INVALID_REQUEST);
    }

    private void allow(String user, AclResource resource, String name, AclOperation operation) {
        node.run(new CreateAcls(List.of(Acl.allow(AclPattern.literal(resource, name), "User:" + user, operation))));
    }

    private static CreateDelegationTokenRequestData request(String... renewers) {
        CreateDelegationTokenRequestData request = new CreateDelegationTokenRequestData().setMaxLifetimeMs(-1);
        for (String renewer : renewers) {
            request.renewers().add(new CreatableRenewers().setPrincipalType("User").setPrincipalName(renewer));
        }
        return request;
    }

    private CreateDelegationTokenResponseData create(String user, CreateDelegationTokenRequestData body, int version) {
        return node.askAs(user, body, version).as(CreateDelegationTokenResponseData.class);
    }

    private static Errors error(CreateDelegationTokenResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    private RenewDelegationTokenResponseData renew(String user, byte[] hmac, long periodMs) {
        return node.askAs(user, new RenewDelegationTokenRequestData().setHmac(hmac).setRenewPeriodMs(periodMs), 2)
                .as(RenewDelegationTokenResponseData.class);
    }

    private ExpireDelegationTokenResponseData expire(String user, byte[] hmac, long periodMs) {
        return node.askAs(user, new ExpireDelegationTokenRequestData().setHmac(hmac).setExpiryTimePeriodMs(periodMs), 2)
                .as(ExpireDelegationTokenResponseData.class);
    }

    private List<DescribedDelegationToken> described(String user, List<DescribeDelegationTokenOwner> owners,
            int version) {
        return node.askAs(user, new DescribeDelegationTokenRequestData().setOwners(owners), version)
                .as(DescribeDelegationTokenResponseData.class)
                .tokens();
    }

    private static DescribeDelegationTokenOwner owner(String name) {
        return new DescribeDelegationTokenOwner().setPrincipalType("User").setPrincipalName(name);
    }

    private static byte[] hmac(String id) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA512");
        mac.init(new SecretKeySpec("key".getBytes(StandardCharsets.UTF_8), "HmacSHA512"));
        return mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
    }
}
