package io.girok.cli;

import io.girok.server.GirokServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The place of `start` in the help. [Girok] takes the command itself before it comes here.
@Command(name = "start", description = {"Run a broker in the foreground until SIGTERM or Ctrl-C.",
    "Settings come from FILE, then from environment variables such as GIROK_LOG_DIRS, then from --set; "
            + "the later wins. One line that begins 'Girok is ready' on standard output says that it serves."})
final class StartCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "A properties file with settings.")
    @Nullable
    String config;

    @Option(names = "--cluster", paramLabel = "COUNT",
            description = {"Run COUNT brokers (3 or 5) on this machine as one cluster, for trying and for tests:",
                "--port PORT is the first one's (9092), --directory DIRECTORY holds one for each (data/cluster)."})
    @Nullable
    String cluster;

    @Option(names = "--bootstrap-admin", paramLabel = "NAME",
            description = {
                "Let NAME show itself by SCRAM to the cluster that this start founds, which has no users yet.",
                "The password is the first line of --bootstrap-admin-password-file, or in the environment variable "
                        + "GIROK_BOOTSTRAP_ADMIN_PASSWORD, or asked for, or the first line of standard input."})
    @Nullable
    String bootstrapAdmin;

    @Option(names = "--bootstrap-admin-password-file", paramLabel = "FILE",
            description = "The password of --bootstrap-admin is its first line.")
    @Nullable
    String bootstrapAdminPasswordFile;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "One setting; may be repeated.")
    List<String> settings = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> arguments = new ArrayList<>();
        if (config != null) {
            arguments.addAll(List.of("--config", config));
        }
        if (bootstrapAdmin != null) {
            arguments.addAll(List.of("--bootstrap-admin", bootstrapAdmin));
        }
        if (bootstrapAdminPasswordFile != null) {
            arguments.addAll(List.of("--bootstrap-admin-password-file", bootstrapAdminPasswordFile));
        }
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return GirokServer.run(arguments);
    }
}
