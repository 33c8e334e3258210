package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// How a run ends when no broker takes part in it.
class GirokCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void everyCommandHasHelp() {
        for (CommandLine command : GirokCommand.commandLine().getSubcommands().values()) {
            assertThat(run(command.getCommandName(), "--help")).isZero();
            for (CommandLine nested : command.getSubcommands().values()) {
                assertThat(run(command.getCommandName(), nested.getCommandName(), "--help")).isZero();
            }
        }

        assertThat(out.toString()).contains("girok start", "girok topic create", "--replication-factor");
    }

    @Test
    void theVersionIsShown() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("girok ");
    }

    @Test
    void whatMakesNoSenseEndsWithTwoAndAShortReason() {
        assertThat(run("no-such-command")).isEqualTo(2);
        assertThat(run("topic", "create")).isEqualTo(2);
        assertThat(run("topic", "create", "orders", "--partitions", "many")).isEqualTo(2);
        assertThat(run("topic", "alter", "orders")).isEqualTo(2);
        assertThat(run("consume", "orders", "--from-beginning", "--offset", "3")).isEqualTo(2);
        assertThat(run("consume", "orders", "--group", "readers", "--offset", "3")).isEqualTo(2);
        assertThat(run("group", "reset", "readers", "--topic", "orders")).isEqualTo(2);
        assertThat(run("cluster", "drain")).isEqualTo(2);
        assertThat(run("cluster", "balance", "--execute", "--dry-run")).isEqualTo(2);
        assertThat(run("cluster", "balance", "--threshold", "-1")).isEqualTo(2);

        assertThat(errors.toString()).contains("girok topic create --help", "'many'", "--partitions")
                .doesNotContain("\tat ");
    }

    @Test
    void anUncleanElectionSaysWhatItCostsBeforeItIsDone() {
        assertThat(run("cluster", "elect", "--unclean", "orders")).isEqualTo(2);

        assertThat(errors.toString()).contains("loses every record", "--execute");
    }

    @Test
    void anUnreachableBrokerIsNamed() throws IOException {
        int port = unusedPort();

        int exitCode = run("topic", "list", "--bootstrap", "127.0.0.1:" + port);

        assertThat(exitCode).isEqualTo(1);
        assertThat(errors.toString()).startsWith("girok: no broker can be reached at '127.0.0.1:" + port + "': ")
                .hasLineCount(1);
    }

    @Test
    void aMissingConfigFileIsNamed(@TempDir Path directory) {
        Path file = directory.resolve("client.properties");

        assertThat(run("topic", "list", "--config", file.toString())).isEqualTo(2);
        assertThat(errors.toString()).contains(file.toString());
    }

    private int run(String... arguments) {
        return GirokCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(errors))
                .execute(arguments);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
