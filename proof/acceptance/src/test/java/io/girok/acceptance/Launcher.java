package io.girok.acceptance;

import java.time.Duration;
import java.util.List;

/// `./girok`, once it has prepared its start-up cache: that takes a minute or more on a busy machine, which no test has
/// in mind when it limits how long a command may take.
final class Launcher {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String PREPARED = prepared(RepositoryRoot.find().resolve("girok").toString());

    private Launcher() {}

    static String path() {
        return PREPARED;
    }

    private static String prepared(String launcher) {
        CommandRun.of("", List.of(launcher, "--version"), LIMIT).succeeded();
        return launcher;
    }
}
