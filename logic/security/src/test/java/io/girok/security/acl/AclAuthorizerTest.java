package io.girok.security.acl;

import static io.girok.metadata.acl.AclOperation.ALL;
import static io.girok.metadata.acl.AclOperation.ALTER;
import static io.girok.metadata.acl.AclOperation.ALTER_CONFIGS;
import static io.girok.metadata.acl.AclOperation.CREATE;
import static io.girok.metadata.acl.AclOperation.DELETE;
import static io.girok.metadata.acl.AclOperation.DESCRIBE;
import static io.girok.metadata.acl.AclOperation.DESCRIBE_CONFIGS;
import static io.girok.metadata.acl.AclOperation.READ;
import static io.girok.metadata.acl.AclOperation.WRITE;
import static io.girok.metadata.acl.AclResource.CLUSTER;
import static io.girok.metadata.acl.AclResource.GROUP;
import static io.girok.metadata.acl.AclResource.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclPermission;
import io.girok.metadata.acl.AclSubject;
import io.girok.metadata.acl.Acls;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AclAuthorizerTest {
    private static final String ALICE = "User:alice";
    private static final Principal ROOT = Principal.user("root");

    private Acls acls = Acls.NONE;
    private final AclAuthorizer authorizer = new AclAuthorizer(() -> acls, new AclRules(Set.of(ROOT), false));
    private final AclAuthorizer open = new AclAuthorizer(() -> acls, new AclRules(Set.of(ROOT), true));

    private void add(Acl acl) {
        acls = acls.plus(acl);
    }

    private static Caller alice(String host) {
        return new Caller(Principal.user("alice"), host);
    }

    private boolean may(AclOperation operation, String topic) {
        return authorizer.isAllowed(alice("10.0.0.1"), operation, TOPIC, topic);
    }

    private static AclPattern topic(String name) {
        return AclPattern.literal(TOPIC, name);
    }

    private static AclPattern topics(String prefix) {
        return AclPattern.prefixed(TOPIC, prefix);
    }

    @Test
    void nobodyMayDoWhatNoAclAllows() {
        assertThat(may(READ, "orders")).isFalse();

        add(Acl.allow(topic("orders"), ALICE, READ));

        assertThat(may(READ, "orders")).isTrue();
        assertThat(may(WRITE, "orders")).isFalse();
        assertThat(may(READ, "orders2")).isFalse();
        assertThat(authorizer.isAllowed(alice("10.0.0.1"), READ, GROUP, "orders")).isFalse();
        assertThat(authorizer.isAllowed(new Caller(Principal.user("bob"), ""), READ, TOPIC, "orders")).isFalse();
        assertThat(authorizer.isAllowed(new Caller(new Principal("Group", "alice"), ""), READ, TOPIC, "orders"))
                .isFalse();
    }

    @Test
    void aDecisionEndsWithTheAclThatItCameFrom() {
        Acl acl = Acl.allow(topic("orders"), ALICE, READ);
        add(acl);
        assertThat(may(READ, "orders")).isTrue();

        acls = acls.minus(acl);

        assertThat(may(READ, "orders")).isFalse();
    }

    @Test
    void whatDeniesWinsFromWhereverItComes() {
        add(Acl.allow(topic("orders"), ALICE, ALL));
        for (AclPattern pattern : List.of(topic("orders"), topic("*"), topics("ord"))) {
            for (String principal : List.of(ALICE, AclSubject.ANY_PRINCIPAL)) {
                Acls before = acls;
                add(Acl.deny(pattern, principal, WRITE));

                assertThat(may(WRITE, "orders")).as("%s %s", pattern, principal).isFalse();
                assertThat(may(READ, "orders")).isTrue();
                assertThat(may(DESCRIBE, "orders")).isTrue();

                acls = before;
            }
        }
    }

    @Test
    void everythingThatIsDeniedIsEveryOperation() {
        add(Acl.allow(topic("orders"), ALICE, READ));
        add(Acl.deny(topic("orders"), ALICE, ALL));

        assertThat(may(READ, "orders")).isFalse();
        assertThat(may(DESCRIBE, "orders")).isFalse();
    }

    @Test
    void someOperationsAllowToDescribeAndNoneDeniesIt() {
        for (AclOperation operation : List.of(READ, WRITE, DELETE, ALTER)) {
            acls = Acls.NONE.plus(Acl.allow(topic("orders"), ALICE, operation));
            assertThat(may(DESCRIBE, "orders")).as("%s", operation).isTrue();
        }
        for (AclOperation operation : List.of(CREATE, DESCRIBE_CONFIGS, ALTER_CONFIGS)) {
            acls = Acls.NONE.plus(Acl.allow(topic("orders"), ALICE, operation));
            assertThat(may(DESCRIBE, "orders")).as("%s", operation).isFalse();
        }
        acls = Acls.NONE.plus(Acl.allow(topic("orders"), ALICE, ALTER_CONFIGS));
        assertThat(may(DESCRIBE_CONFIGS, "orders")).isTrue();
        acls = Acls.NONE.plus(Acl.allow(topic("orders"), ALICE, DESCRIBE)).plus(Acl.deny(topic("orders"), ALICE, READ));
        assertThat(may(DESCRIBE, "orders")).isTrue();
    }

    @Test
    void aHostIsTheCallersOrAny() {
        add(new Acl(topic("orders"), new AclSubject(ALICE, "10.0.0.1"), READ, AclPermission.ALLOW));

        assertThat(authorizer.isAllowed(alice("10.0.0.1"), READ, TOPIC, "orders")).isTrue();
        assertThat(authorizer.isAllowed(alice("10.0.0.2"), READ, TOPIC, "orders")).isFalse();
        assertThat(authorizer.isAllowed(alice(""), READ, TOPIC, "orders")).isFalse();
    }

    @Test
    void superUsersMayDoWhatIsDenied() {
        add(Acl.deny(topic("*"), AclSubject.ANY_PRINCIPAL, ALL));

        assertThat(authorizer.isAllowed(new Caller(ROOT, ""), WRITE, TOPIC, "orders")).isTrue();
        assertThat(authorizer.isAllowedOnSome(new Caller(ROOT, ""), WRITE, TOPIC)).isTrue();
        assertThat(authorizer.isAllowed(new Caller(new Principal("Group", "root"), ""), WRITE, TOPIC, "orders"))
                .isFalse();
    }

    @Test
    void whatNoAclIsAboutMayBeOpenToEverybody() {
        assertThat(open.isAllowed(alice(""), WRITE, TOPIC, "orders")).isTrue();

        add(Acl.allow(topics("ord"), "User:bob", READ));

        assertThat(open.isAllowed(alice(""), WRITE, TOPIC, "orders")).isFalse();
        assertThat(open.isAllowed(alice(""), WRITE, TOPIC, "payments")).isTrue();
        assertThat(open.isAllowed(alice(""), WRITE, GROUP, "orders")).isTrue();
    }

    @Test
    void aWildcardIsOneOnlyWhereItStandsAlone() {
        add(Acl.allow(topic("or*"), ALICE, READ));
        add(Acl.allow(topics("*"), ALICE, READ));

        assertThat(may(READ, "orders")).isFalse();
        assertThat(may(READ, "or*")).isTrue();
        assertThat(may(READ, "*x")).isTrue();

        add(Acl.allow(topic("*"), ALICE, READ));

        assertThat(may(READ, "orders")).isTrue();
    }

    @Test
    void strangeNamesAreComparedAsTheyAre() {
        for (String name : List.of("../orders", "a\u0000b", "\r\nUser:root", "n".repeat(100_000))) {
            assertThat(may(READ, name)).isFalse();

            add(Acl.allow(topic(name), ALICE, READ));

            assertThat(may(READ, name)).isTrue();
            assertThat(may(READ, name + "x")).isFalse();
        }
        assertThat(may(READ, "orders")).isFalse();
        assertThat(may(READ, "a")).isFalse();
    }

    private boolean mayOnSome(AclOperation operation) {
        return authorizer.isAllowedOnSome(alice("10.0.0.1"), operation, TOPIC);
    }

    @Test
    void someTopicIsOneThatIsAllowedAndNotDenied() {
        assertThat(mayOnSome(WRITE)).isFalse();

        add(Acl.allow(topic("orders"), ALICE, WRITE));
        assertThat(mayOnSome(WRITE)).isTrue();
        assertThat(mayOnSome(DESCRIBE)).isFalse();

        add(Acl.deny(topic("orders"), ALICE, WRITE));
        assertThat(mayOnSome(WRITE)).isFalse();

        add(Acl.allow(topics("pay"), AclSubject.ANY_PRINCIPAL, ALL));
        assertThat(mayOnSome(WRITE)).isTrue();

        add(Acl.deny(topics("pa"), AclSubject.ANY_PRINCIPAL, WRITE));
        assertThat(mayOnSome(WRITE)).isFalse();

        add(Acl.allow(topic("*"), ALICE, WRITE));
        assertThat(mayOnSome(WRITE)).isTrue();

        add(Acl.deny(topic("*"), ALICE, WRITE));
        assertThat(mayOnSome(WRITE)).isFalse();
    }

    @Test
    void someTopicIsOpenUnlessAnAclIsAboutAllOfThem() {
        assertThat(open.isAllowedOnSome(alice(""), WRITE, TOPIC)).isTrue();
        add(Acl.allow(topics("a"), "User:bob", READ));
        assertThat(open.isAllowedOnSome(alice(""), WRITE, TOPIC)).isTrue();

        add(Acl.allow(topic("*"), "User:bob", READ));

        assertThat(open.isAllowedOnSome(alice(""), WRITE, TOPIC)).isFalse();
    }

    @Test
    void whatIsRememberedIsBounded() {
        add(Acl.allow(topics("t"), ALICE, READ));
        for (int i = 0; i < 3 * AclAuthorizer.MAX_DECISIONS_PER_CALLER; i++) {
            assertThat(may(READ, "t" + i)).isTrue();
            assertThat(may(READ, "u" + i)).isFalse();
        }
        for (int i = 0; i < 3 * AclAuthorizer.MAX_CALLERS; i++) {
            assertThat(authorizer.isAllowed(alice("10.0.0." + i), READ, CLUSTER, "kafka-cluster")).isFalse();
        }
    }

    @Test
    void whatIsRememberedOfAllTogetherIsBounded() {
        add(Acl.allow(topics("t"), ALICE, READ));
        int most = 0;
        for (int caller = 0; caller < AclAuthorizer.MAX_CALLERS; caller++) {
            for (int i = 0; i < AclAuthorizer.MAX_DECISIONS_PER_CALLER - 1; i++) {
                assertThat(authorizer.isAllowed(alice("10.0.0." + caller), READ, TOPIC, "t" + i)).isTrue();
            }
            most = Math.max(most, authorizer.rememberedCount());
        }

        assertThat(most).isBetween(AclAuthorizer.MAX_DECISIONS / 2, AclAuthorizer.MAX_DECISIONS);
    }
}
