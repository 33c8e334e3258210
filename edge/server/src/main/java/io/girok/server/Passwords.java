package io.girok.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a password comes from that nobody is to see: a file, a prompt, or standard input; never the command line,
/// which other users of the machine can read. Stateless.
public final class Passwords {
    private Passwords() {}

    /// @param file whose first line it is; null: it is asked for at the terminal, or read from standard input
    /// @param whose for the prompt
    /// @throws IOException that says why there is none
    public static Secret read(@Nullable String file, String whose) throws IOException {
        if (file != null) {
            return ofLine(Files.readString(Path.of(file)).lines().findFirst().orElse(""), "the file '" + file + "'");
        }
        Console console = Objects.requireNonNull(System.console());
        if (!console.isTerminal()) {
            String line = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
            return ofLine(line == null ? "" : line, "standard input");
        }
        char[] first = console.readPassword("Password of %s: ", whose);
        char[] second = console.readPassword("Again: ");
        if (first == null || second == null || !Arrays.equals(first, second)) {
            throw new IOException("the two passwords are not the same");
        }
        return ofLine(new String(first), "the terminal");
    }

    private static Secret ofLine(String line, String from) throws IOException {
        if (line.isEmpty()) {
            throw new IOException("there is no password on the first line of " + from);
        }
        return new Secret(line);
    }
}
