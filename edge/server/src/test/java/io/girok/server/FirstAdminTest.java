package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Principal;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.ScramCredentialSet;
import io.girok.metadata.ScramUser;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.Acls;
import io.girok.metadata.setting.Settings;
import io.girok.security.acl.AclAuthorizer;
import io.girok.security.acl.AclRules;
import io.girok.security.acl.Caller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstAdminTest {
    @Test
    void itsOptionsAreTakenOutOfTheCommandLine() {
        FirstAdmin.Parsed parsed = FirstAdmin.parse(
                List.of("--config", "f", "--bootstrap-admin", "alice", "--bootstrap-admin-password-file=p", "--set",
                        "x=y"),
                Map.of());

        assertThat(parsed.others()).containsExactly("--config", "f", "--set", "x=y");
        assertThat(parsed.admin()).isEqualTo(new FirstAdmin("alice", null, "p"));
    }

    @Test
    void thePasswordIsNoOption() {
        assertThatThrownBy(() -> FirstAdmin.parse(List.of("--bootstrap-admin-password", "p"), Map.of()))
                .isInstanceOf(UsageError.class);
        assertThatThrownBy(() -> FirstAdmin.parse(List.of("--bootstrap-admin"), Map.of()))
                .isInstanceOf(UsageError.class);
        assertThatThrownBy(() -> FirstAdmin.parse(List.of("--bootstrap-admin", "--set", "x=y"), Map.of()))
                .isInstanceOf(UsageError.class);
        assertThatThrownBy(() -> FirstAdmin.parse(List.of("--bootstrap-admin-password-file", "p"), Map.of()))
                .isInstanceOf(UsageError.class);
    }

    @Test
    void theClusterBeginsWithItByEitherMechanism(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("p"), "hunter2\n");
        FirstAdmin admin = Objects.requireNonNull(FirstAdmin.parse(
                List.of("--bootstrap-admin=alice", "--bootstrap-admin-password-file", file.toString()), Map.of())
                .admin());

        List<MetadataRecord> records = admin.records(new SecureRandom(), false);
        assertThat(records.getFirst()).isInstanceOf(MetadataRecord.LoginSecretSet.class);
        assertThat(records.subList(1, records.size()))
                .extracting(record -> ((ScramCredentialSet) record).user())
                .containsExactly(new ScramUser("alice", ScramUser.SHA_256), new ScramUser("alice", ScramUser.SHA_512));
        assertThat(admin.records(new SecureRandom(), true).toString()).doesNotContain("hunter2");
    }

    @Test
    void whereAclsDecideItMayDoEverything(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("p"), "hunter2\n");
        Acls acls = Acls.NONE;
        for (MetadataRecord record : new FirstAdmin("alice", null, file.toString()).records(new SecureRandom(), true)) {
            acls = record instanceof MetadataRecord.AclAdded(Acl acl) ? acls.plus(acl) : acls;
        }
        Acls all = acls;
        AclAuthorizer authorizer = new AclAuthorizer(() -> all, AclRules.of(Settings.parse(Map.of())));
        Caller alice = new Caller(Principal.user("alice"), "10.0.0.1");
        Caller bob = new Caller(Principal.user("bob"), "10.0.0.1");

        for (AclResource resource : AclResource.values()) {
            for (AclOperation operation : resource.operations()) {
                assertThat(authorizer.isAllowed(alice, operation, resource, "any")).isTrue();
                assertThat(authorizer.isAllowed(bob, operation, resource, "any")).isFalse();
            }
        }
    }

    @Test
    void anEmptyPasswordIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("p"), "\n");
        FirstAdmin admin = new FirstAdmin("alice", null, file.toString());

        assertThatThrownBy(() -> admin.records(new SecureRandom(), false)).isInstanceOf(UsageError.class)
                .hasMessageContaining("no password");
    }
}
