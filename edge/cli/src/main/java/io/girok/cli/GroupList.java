package io.girok.cli;

import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok group list`.
@Command(name = "list", description = "List the groups.")
final class GroupList implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            List<GroupListing> groups = Answers.of(admin.listGroups().all())
                    .stream()
                    .sorted(Comparator.comparing(GroupListing::groupId))
                    .toList();
            if (json) {
                output.line(
                        Json.of(
                                groups.stream()
                                        .map(
                                                group -> Json.object("group", group.groupId(), "type", type(group),
                                                        "protocol", group.protocol(), "state", state(group)))
                                        .toList()));
            } else {
                Table table = Table.of("GROUP", "TYPE", "PROTOCOL", "STATE");
                groups.forEach(group -> table.row(group.groupId(), type(group), group.protocol(), state(group)));
                table.print(output);
            }
        }
    }

    private static String type(GroupListing group) {
        return group.type().map(Object::toString).orElse("-");
    }

    private static String state(GroupListing group) {
        return group.groupState().map(Object::toString).orElse("-");
    }
}
