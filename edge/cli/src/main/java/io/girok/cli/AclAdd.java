package io.girok.cli;

import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok acl add`.
@Command(name = "add", description = "Let somebody do something, or forbid it; prints the ACLs for that.")
final class AclAdd implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Mixin
    AclSpecification wanted = new AclSpecification();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        Set<AclBinding> acls = wanted.acls();
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Answers.of(admin.createAcls(acls).all());
            AclBindings.print(output, acls, json);
        }
    }
}
