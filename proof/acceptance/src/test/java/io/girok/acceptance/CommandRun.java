package io.girok.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One finished run of a command: what it printed and how it ended. Immutable.
record CommandRun(List<String> command, int exitCode, String output, String errors) {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    static CommandRun of(String input, List<String> command) {
        return of(input, command, LIMIT);
    }

    /// @param limit how long it may take
    static CommandRun of(String input, List<String> command, Duration limit) {
        try {
            Path in = Files.createTempFile("girok-in", null);
            Path out = Files.createTempFile("girok-out", null);
            Path err = Files.createTempFile("girok-err", null);
            try {
                Files.writeString(in, input);
                Process process = new ProcessBuilder(command).redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                try {
                    if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                        throw new IllegalStateException(
                                command + " did not end within " + limit + ":\n" + read(out) + "\n" + read(err));
                    }
                } finally {
                    process.destroyForcibly();
                }
                return new CommandRun(command, process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(in);
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while " + command + " ran", e);
        }
    }

    static CommandRun of(List<String> command) {
        return of("", command);
    }

    /// Runs a `girok` command through the launcher.
    static CommandRun girok(String input, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Launcher.path());
        command.addAll(List.of(arguments));
        return of(input, command);
    }

    /// Runs a class of Apache Kafka's command-line tools in a process of its own.
    static CommandRun kafkaTool(String input, String mainClass, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-Dlog4j2.level=WARN", mainClass));
        all.addAll(List.of(arguments));
        return java(input, peerClassPath("kafka-tools"), all);
    }

    /// Runs a class that does not live long in a process of its own.
    ///
    /// @param arguments more options, the class, and what it is told
    static CommandRun java(String input, String classPath, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath));
        command.addAll(arguments);
        return of(input, command);
    }

    static String peerClassPath(String peer) {
        try {
            return Files.readString(RepositoryRoot.find().resolve("proof/peers/" + peer + "/target/classpath.txt"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /// This run, after checking that it ended well.
    CommandRun succeeded() {
        if (exitCode != 0) {
            throw new AssertionError(command + " ended with " + exitCode + ":\n" + output + "\n" + errors);
        }
        return this;
    }

    List<String> lines() {
        return output.lines().toList();
    }
}
