package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok user add`.
@Command(name = "add", description = {"Add a user.",
    "The password is asked for, or is the first line of standard input or of a file."})
final class UserAdd implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", description = "The user.")
    String name = "";

    @Mixin
    NewPassword password = new NewPassword();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            if (Users.all(admin).containsKey(name)) {
                throw Failure.of("there is a user '" + name + "'; 'girok user passwd' gives it another password");
            }
            password.set(admin, name);
        }
    }
}
