package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok user passwd`.
@Command(name = "passwd", description = {"Give a user another password. Connections that are open stay so.",
    "The password is asked for, or is the first line of standard input or of a file."})
final class UserPassword implements Runnable {
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
            if (!Users.all(admin).containsKey(name)) {
                throw Failure.of("there is no user '" + name + "'");
            }
            Users.setPassword(admin, name, iterations, passwordFile);
        }
    }
}
