package io.girok.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok group delete`.
@Command(name = "delete", description = "Delete groups that have no members, with their offsets.")
final class GroupDelete implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "ID", arity = "1..*", description = "The groups.")
    List<String> groups = new ArrayList<>();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            Map<String, KafkaFuture<Void>> answers = admin.deleteConsumerGroups(new LinkedHashSet<>(groups))
                    .deletedGroups();
            answers.forEach((group, answer) -> {
                try {
                    Answers.of(answer);
                } catch (GroupIdNotFoundException e) {
                    throw Groups.missing(group);
                } catch (GroupNotEmptyException e) {
                    throw Failure.of("group '" + group + "' has members; stop them first");
                }
            });
        }
    }
}
