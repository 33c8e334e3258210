package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok user remove`.
@Command(name = "remove", description = "Remove users. Connections that are open stay so.")
final class UserRemove implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The users.")
    List<String> names = new ArrayList<>();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            var known = Users.all(admin);
            List<UserScramCredentialAlteration> alterations = new ArrayList<>();
            for (String name : names) {
                UserScramCredentialsDescription user = known.get(name);
                if (user == null) {
                    throw Failure.of("there is no user '" + name + "'; nobody is removed");
                }
                user.credentialInfos()
                        .forEach(info -> alterations.add(new UserScramCredentialDeletion(name, info.mechanism())));
            }
            Answers.of(admin.alterUserScramCredentials(alterations).all());
        }
    }
}
