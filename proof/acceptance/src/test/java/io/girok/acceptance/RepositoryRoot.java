package io.girok.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;

/// The folder that holds the launcher, whatever folder the tests were started in.
final class RepositoryRoot {
    private RepositoryRoot() {}

    static Path find() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("proof")) && Files.exists(at.resolve("LICENSE"))) {
                return at;
            }
        }
        throw new IllegalStateException("not below Girok's repository: " + Path.of("").toAbsolutePath());
    }
}
