package io.girok.cli;

import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok user list`.
@Command(name = "list", description = "List the users.")
final class UserList implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Collection<UserScramCredentialsDescription> users = Users.all(admin).values();
            if (json) {
                output.line(Json.of(users.stream().map(UserList::toJson).toList()));
            } else {
                Table table = Table.of("USER", "MECHANISMS");
                users.forEach(user -> table.row(user.name(), user.credentialInfos()
                        .stream()
                        .map(info -> info.mechanism().mechanismName() + " (" + info.iterations() + ")")
                        .collect(Collectors.joining(", "))));
                table.print(output);
            }
        }
    }

    private static Object toJson(UserScramCredentialsDescription user) {
        return Json.object("name", user.name(), "mechanisms", user.credentialInfos()
                .stream()
                .map(info -> Json.object("mechanism", info.mechanism().mechanismName(), "iterations",
                        info.iterations()))
                .toList());
    }
}
