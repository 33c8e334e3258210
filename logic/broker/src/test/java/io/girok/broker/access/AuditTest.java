package io.girok.broker.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.broker.TestConnection;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Request;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class AuditTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> lines = new ArrayList<>();
    private final Audit audit = new Audit(clock::monotonicMs, lines::add);

    private static Request request(String user, String clientId) {
        return new Request(ApiKeys.METADATA, (short) 12, 1, clientId, new MetadataRequestData(),
                new TestConnection(Principal.user(user), new InetSocketAddress("127.0.0.1", 50_000)));
    }

    private void deny(String user, String topic) {
        audit.denied(request(user, "app"), AclOperation.DESCRIBE, AclResource.TOPIC, topic);
    }

    @Test
    void aDenialIsToldOfWithAllThatAnOperatorNeeds() {
        deny("alice", "orders");

        assertThat(lines).containsExactly("denied principal='User:alice' host='127.0.0.1' operation=DESCRIBE"
                + " resource=TOPIC name='orders' api=Metadata client='app'");
    }

    @Test
    void strangersWriteNoLines() {
        String attack = "x\r\nacl added principal='User:root'\u001b[2J\u2028\u0000";

        audit.denied(request(attack, attack), AclOperation.READ, AclResource.TOPIC, attack);
        audit.added(request(attack, attack), List.of(Acl.allow(AclPattern.literal(AclResource.TOPIC, attack),
                "User:" + attack, AclOperation.READ)));

        assertThat(lines).hasSize(2).allSatisfy(line -> {
            assertThat(line.chars()).allMatch(c -> ' ' <= c && c < 0x7f);
            assertThat(line).doesNotContain(" principal='User:root'").contains("\\u000d\\u000a");
        });
    }

    @Test
    void theSameDenialIsToldOfOnceInAWhile() {
        for (int i = 0; i < 100; i++) {
            deny("alice", "orders");
        }
        deny("bob", "orders");
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast()).endsWith("(99 denials before are left out)");

        clock.advance(Audit.INTERVAL_MS);
        deny("alice", "orders");

        assertThat(lines).hasSize(3);
    }

    @Test
    void aFloodOfNamesIsNoFloodOfLines() {
        for (int i = 0; i < 10 * Audit.MAX_LINES_PER_INTERVAL; i++) {
            deny("alice", "n".repeat(50) + i);
        }
        deny("alice", "n".repeat(100_000));

        assertThat(lines).hasSize(Audit.MAX_LINES_PER_INTERVAL);
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThan(500));
    }

    @Test
    void longNamesAreToldApart() {
        String topic = "t".repeat(248);
        String group = "g".repeat(30_000);

        deny("alice", topic + "1");
        deny("alice", topic + "2");
        deny("alice", group + "1");
        deny("alice", group + "2");
        audit.added(request("root", null), List.of(
                Acl.allow(AclPattern.literal(AclResource.GROUP, group + "1"), "User:alice", AclOperation.READ),
                Acl.allow(AclPattern.literal(AclResource.GROUP, group + "2"), "User:alice", AclOperation.READ)));

        assertThat(lines).doesNotHaveDuplicates().hasSize(6).allSatisfy(line -> assertThat(line).hasSizeLessThan(800));
        assertThat(lines.getFirst()).contains("name='" + topic + "1'");
    }

    @Test
    void eachChangeIsToldOfUpToALimit() {
        Acl acl = Acl.deny(AclPattern.prefixed(AclResource.GROUP, "app"), "User:*", AclOperation.ALL);

        audit.removed(request("root", null), Collections.nCopies(Audit.MAX_CHANGES_TOLD + 5, acl));

        assertThat(lines).hasSize(Audit.MAX_CHANGES_TOLD + 1);
        assertThat(lines.getFirst()).isEqualTo("acl removed principal='User:root' host='127.0.0.1' acl: DENY ALL on"
                + " GROUP prefixed 'app' to 'User:*' from '*'");
        assertThat(lines.getLast()).endsWith(" and 5 more");
    }
}
