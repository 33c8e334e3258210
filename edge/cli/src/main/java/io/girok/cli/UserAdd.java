package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok user add`.
@Command(name = "add", description = {"Add a user.",
    "The password is asked for, or is the first line of standard input or of a file."})
final class UserAdd implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", description = "The user.")
    String name = "";

    @Option(names = "--password-file", paramLabel = "FILE", description = "The password is its first line.")
    @Nullable
    String passwordFile;

    @Option(names = "--iterations", paramLabel = "COUNT", description = "How often the password is hashed, 4096 to "
            + "16384. Default: ${DEFAULT-VALUE}")
    int iterations = Users.DEFAULT_ITERATIONS;

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            if (Users.all(admin).containsKey(name)) {
                throw Failure.of("there is a user '" + name + "'; 'girok user passwd' gives it another password");
            }
            Users.setPassword(admin, name, iterations, passwordFile);
        }
    }
}
