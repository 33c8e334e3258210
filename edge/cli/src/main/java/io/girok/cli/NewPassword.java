package io.girok.cli;

import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a command takes that gives a user a password. Owned by its command.
final class NewPassword {
    @Option(names = "--password-file", paramLabel = "FILE", description = "The password is its first line.")
    @Nullable
    String passwordFile;

    @Option(names = "--iterations", paramLabel = "COUNT", description = "How often the password is hashed, 4096 to "
            + "16384. Default: ${DEFAULT-VALUE}")
    int iterations = Users.DEFAULT_ITERATIONS;

    void set(Admin admin, String user) {
        Users.setPassword(admin, user, iterations, passwordFile);
    }
}
