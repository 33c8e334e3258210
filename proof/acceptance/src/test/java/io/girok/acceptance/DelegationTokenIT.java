package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateDelegationTokenOptions;
import org.apache.kafka.clients.admin.DescribeDelegationTokenOptions;
import org.apache.kafka.clients.admin.ExpireDelegationTokenOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.DelegationTokenAuthorizationException;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.errors.DelegationTokenNotFoundException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.token.delegation.DelegationToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Delegation tokens, by the Java client.
class DelegationTokenIT {
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required ";
    private static final String KEY = "the secret of tokens";

    @TempDir
    private Path directory;

    @Test
    void theBearerOfATokenActsForItsOwner() throws Exception {
        try (GirokProcess broker = launch("--set", "delegation.token.secret.key=" + KEY);
                Admin root = admin(broker, password("root"))) {
            addUsers(root);
            DelegationToken token;
            try (Admin alice = admin(broker, password("alice"))) {
                token = Clients.await(alice.createDelegationToken(new CreateDelegationTokenOptions()
                        .renewers(List.of(user("bob")))).delegationToken());
                assertThat(token.tokenInfo().owner()).isEqualTo(user("alice"));
                assertThat(Clients.await(alice.describeDelegationToken().delegationTokens())).containsExactly(token);
                assertThatThrownBy(() -> Clients.await(alice.createDelegationToken(
                        new CreateDelegationTokenOptions().owner(user("bob"))).delegationToken()))
                        .hasCauseInstanceOf(DelegationTokenAuthorizationException.class);
            }
            actByToken(broker, token);
            try (Admin bob = admin(broker, password("bob"))) {
                assertThat(Clients.await(bob.renewDelegationToken(token.hmac()).expiryTimestamp()))
                        .isGreaterThanOrEqualTo(token.tokenInfo().expiryTimestamp());
                Clients.await(bob.expireDelegationToken(token.hmac(),
                        new ExpireDelegationTokenOptions().expiryTimePeriodMs(-1)).expiryTimestamp());
                assertThatThrownBy(() -> Clients.await(bob.renewDelegationToken(token.hmac()).expiryTimestamp()))
                        .hasCauseInstanceOf(DelegationTokenNotFoundException.class);
            }
            try (Admin late = admin(broker, bearer(token))) {
                assertThatThrownBy(() -> Clients.await(late.describeCluster().nodes()))
                        .hasCauseInstanceOf(SaslAuthenticationException.class);
            }
            assertThat(broker.errorText()).doesNotContain(KEY).doesNotContain(token.hmacAsBase64String());
        }
    }

    /// Alice may make topics that begin with her name, and so may who has her token.
    private static void actByToken(GirokProcess broker, DelegationToken token) {
        try (Admin bearer = admin(broker, bearer(token))) {
            Clients.await(bearer.createTopics(List.of(new NewTopic("alice-1", 1, (short) 1))).all());
            assertThatThrownBy(() -> Clients.await(bearer.createDelegationToken().delegationToken()))
                    .hasCauseInstanceOf(UnsupportedByAuthenticationException.class);
            assertThatThrownBy(() -> Clients.await(bearer.describeDelegationToken(
                    new DescribeDelegationTokenOptions().owners(List.of(user("alice")))).delegationTokens()))
                    .hasCauseInstanceOf(UnsupportedByAuthenticationException.class);
        }
        Map<String, Object> guess = bearer(token);
        guess.put("sasl.jaas.config", jaas(token.tokenInfo().tokenId(), "guess", true));
        try (Admin stranger = admin(broker, guess)) {
            assertThatThrownBy(() -> Clients.await(stranger.describeCluster().nodes()))
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void withoutAKeyThereAreNone() throws Exception {
        try (GirokProcess broker = launch(); Admin root = admin(broker, password("root"))) {
            assertThatThrownBy(() -> Clients.await(root.createDelegationToken().delegationToken()))
                    .hasCauseInstanceOf(DelegationTokenDisabledException.class);
        }
    }

    private static void addUsers(Admin root) {
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096);
        Clients.await(root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("alice", info, "alice"),
                new UserScramCredentialUpsertion("bob", info, "bob"))).all());
        Clients.await(root.createAcls(List.of(new AclBinding(
                new ResourcePattern(
                        ResourceType.TOPIC, "alice",
                        PatternType.PREFIXED),
                new AccessControlEntry("User:alice", "*",
                        AclOperation.CREATE,
                        AclPermissionType.ALLOW))))
                .all());
    }

    private GirokProcess launch(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("start", "--bootstrap-admin", "root", "--set",
                "listeners=SASL_PLAINTEXT://127.0.0.1:0", "--set", "http.listeners=", "--set",
                "log.dirs=" + directory, "--set", "sasl.enabled.mechanisms=SCRAM-SHA-512", "--set",
                "super.users=User:root", "--set",
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer"));
        arguments.addAll(List.of(more));
        GirokProcess broker = GirokProcess.launch(directory, arguments,
                Map.of("GIROK_BOOTSTRAP_ADMIN_PASSWORD", "root"));
        broker.awaitReady();
        return broker;
    }

    private static KafkaPrincipal user(String name) {
        return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, name);
    }

    /// Users' passwords are their names.
    private static Map<String, Object> password(String name) {
        return client(jaas(name, name, false));
    }

    private static Map<String, Object> bearer(DelegationToken token) {
        return client(jaas(token.tokenInfo().tokenId(), token.hmacAsBase64String(), true));
    }

    private static String jaas(String user, String password, boolean isToken) {
        return SCRAM + "username=\"" + user + "\" password=\"" + password + "\" tokenauth=\"" + isToken + "\";";
    }

    private static Map<String, Object> client(String jaas) {
        return new HashMap<>(Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", jaas));
    }

    private static Admin admin(GirokProcess broker, Map<String, Object> client) {
        return Clients.admin(broker.bootstrap(), client);
    }
}
