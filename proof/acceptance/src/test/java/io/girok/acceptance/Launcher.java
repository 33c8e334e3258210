package io.girok.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// `./girok`, once it has prepared its start-up cache: that takes a minute or more on a busy machine, which no test has
/// in mind when it limits how long a command may take.
final class Launcher {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String PREPARED = prepare(RepositoryRoot.find().resolve("girok"));

    private Launcher() {}

    static String path() {
        return PREPARED;
    }

    private static String prepare(Path launcher) {
        try {
            Process process = new ProcessBuilder(launcher.toString(), "--version").redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("'" + launcher + "' was not prepared within " + LIMIT);
            }
            return launcher.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while '" + launcher + "' was prepared", e);
        }
    }
}
