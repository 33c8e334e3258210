package io.girok.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A broker started the way a user starts it: `./girok start`, a process of its own on loopback and a free port.
///
/// Not thread-safe, but for its output, which a thread of its own collects.
final class GirokProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration DUMP_LIMIT = Duration.ofSeconds(10);
    private static final Pattern READY = Pattern.compile("^Girok is ready on [A-Z_]+://([^:]+|\\[[^]]+]):(\\d+).*$");

    private final Process process;
    private final Path errorLog;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final List<String> outputLines = new ArrayList<>();
    private final Path dataDirectory;
    private int port;

    private GirokProcess(Process process, Path dataDirectory, Path errorLog) {
        this.process = process;
        this.dataDirectory = dataDirectory;
        this.errorLog = errorLog;
        Thread.ofPlatform().daemon().start(this::collectOutput);
    }

    /// Starts a broker on `dataDirectory` and waits until it says that it is ready.
    static GirokProcess start(Path dataDirectory) {
        return start(dataDirectory, Map.of());
    }

    /// Starts a broker on a free port with more settings and waits until it says that it is ready.
    static GirokProcess start(Path dataDirectory, Map<String, String> settings) {
        return start(dataDirectory, 0, settings);
    }

    /// Starts a broker on `port` (0: a free one) and waits until it says that it is ready.
    static GirokProcess start(Path dataDirectory, int port, Map<String, String> settings) {
        GirokProcess broker = begin(dataDirectory, port, settings);
        broker.awaitReady();
        return broker;
    }

    /// As [#start], and waits for nothing.
    static GirokProcess begin(Path dataDirectory, int port, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        arguments.add("start");
        set(arguments, "log.dirs", dataDirectory.toString());
        if (!settings.containsKey("listeners")) {
            set(arguments, "listeners", "PLAINTEXT://127.0.0.1:" + port);
        }
        set(arguments, "http.listeners", "");
        settings.forEach((name, value) -> set(arguments, name, value));
        return launch(dataDirectory, arguments, Map.of());
    }

    /// Runs the launcher with these arguments and waits for nothing.
    static GirokProcess launch(Path dataDirectory, List<String> arguments, Map<String, String> environment) {
        return launch(List.of(), dataDirectory, arguments, environment);
    }

    /// @param before a command that becomes the one that follows it
    static GirokProcess launch(List<String> before, Path dataDirectory, List<String> arguments,
            Map<String, String> environment) {
        try {
            Path parent = dataDirectory.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            Path errorLog = Files.createTempFile(parent, "girok-", ".err");
            List<String> command = new ArrayList<>(before);
            command.add(Launcher.path());
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errorLog.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            // A test that fails may not come to its end.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new GirokProcess(process, dataDirectory, errorLog);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void set(List<String> arguments, String name, String value) {
        arguments.add("--set");
        arguments.add(name + "=" + value);
    }

    private void collectOutput() {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (outputLines) {
                    outputLines.add(line);
                }
                output.add(line);
            }
        } catch (IOException e) {
            // The process is gone; what it printed is kept.
        }
    }

    /// Waits until it has said that it is ready.
    void awaitReady() {
        awaitLine(READY.asMatchPredicate());
    }

    /// Waits until it has printed such a line.
    void awaitLine(Predicate<String> isMeant) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            String line = poll();
            if (line != null) {
                Matcher ready = READY.matcher(line);
                if (ready.matches()) {
                    port = Integer.parseInt(ready.group(2));
                }
                if (isMeant.test(line)) {
                    return;
                }
            } else if (!process.isAlive()) {
                throw new IllegalStateException(
                        "girok start ended with " + process.exitValue() + " before it was ready:\n" + errorText());
            }
        }
        throw stuck("girok start was not ready within " + START_LIMIT);
    }

    /// Waits for what the broker is to bring about; if it does not, tells what it did.
    void awaitUntil(String what, BooleanSupplier condition) {
        try {
            Clients.awaitUntil(what, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage(), stuck("what the broker did"));
        }
    }

    /// Ends the process, and tells what its threads did.
    private IllegalStateException stuck(String what) {
        String threads = threadDump();
        process.destroyForcibly();
        return new IllegalStateException(what + ":\n" + errorText() + "\n" + threads);
    }

    /// What a JVM prints when it is asked what its threads do; what it had printed before is left out.
    private String threadDump() {
        int before = outputLines().size();
        signal("QUIT");
        long deadline = System.nanoTime() + DUMP_LIMIT.toNanos();
        boolean isWhole = false;
        while (!isWhole && process.isAlive() && System.nanoTime() < deadline) {
            String line = poll();
            isWhole = line != null && line.startsWith("JNI global refs");
        }
        List<String> lines = outputLines();
        return String.join("\n", lines.subList(before, lines.size()));
    }

    private String poll() {
        try {
            return output.poll(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /// @param name as `kill` knows it
    void signal(String name) {
        try {
            int exitCode = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("signal " + name + " could not be sent");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a signal was sent", e);
        }
    }

    long pid() {
        return process.pid();
    }

    Path dataDirectory() {
        return dataDirectory;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// All that it printed on standard output so far.
    List<String> outputLines() {
        synchronized (outputLines) {
            return List.copyOf(outputLines);
        }
    }

    /// All that it printed on standard error so far.
    String errorText() {
        try {
            return Files.readString(errorLog);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the process as a power failure would, `kill -9`, and waits until it is gone.
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /// Asks the process to stop (SIGTERM) and answers its exit code.
    int stop() {
        process.destroy();
        return awaitExit();
    }

    /// Waits until the process has ended by itself and answers its exit code.
    int awaitExit() {
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw stuck("girok did not end within " + STOP_LIMIT);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException("interrupted while waiting for the broker's end", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
