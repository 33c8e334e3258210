package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok user passwd`.
@Command(name = "passwd", description = {"Give a user another password. Connections that are open stay so.",
    "The password is asked for, or is the first line of standard input or of a file."})
final class UserPassword implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", description = "The user.")
    String name = "";

    @Mixin
    NewPassword password = new NewPassword();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            if (!Users.all(admin).containsKey(name)) {
                throw Failure.of("there is no user '" + name + "'");
            }
            password.set(admin, name);
        }
    }
}
