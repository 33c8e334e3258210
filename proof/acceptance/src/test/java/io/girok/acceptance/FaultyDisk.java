package io.girok.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/// What stands between one broker and its disk: a library, compiled here and preloaded there, that makes syncs slow or
/// fail when the test says so. Not thread-safe.
final class FaultyDisk {
    private final Path library;
    private final Path orders;

    private FaultyDisk(Path library, Path orders) {
        this.library = library;
        this.orders = orders;
    }

    /// Skips the test where there is no C compiler.
    ///
    /// @param directory for the library and its orders
    static FaultyDisk make(Path directory, int brokerId) {
        Path library = directory.resolve("faulty-disk-" + brokerId + ".so");
        Path source = directory.resolve("faulty-disk.c");
        try (InputStream text = Objects.requireNonNull(FaultyDisk.class.getResourceAsStream("/faulty-disk.c"))) {
            Files.write(source, text.readAllBytes());
            Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-O1", "-o", library.toString(),
                    source.toString(), "-ldl").inheritIO().start();
            if (compiler.waitFor() != 0) {
                throw new IOException("cc ended with " + compiler.exitValue());
            }
        } catch (IOException e) {
            Assumptions.abort("no slow or failing disk: its library can't be compiled here: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the compiler ran", e);
        }
        return new FaultyDisk(library, directory.resolve("faulty-disk-" + brokerId + ".orders"));
    }

    /// Of the broker whose disk it is.
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "FAULTY_DISK_ORDERS", orders.toString());
    }

    /// Every sync takes so much longer.
    void slow(long ms) {
        order("slow " + ms + "\n");
    }

    /// No sync of a file below `directory` succeeds.
    void fail(Path directory) {
        order("fail " + directory + "/\n");
    }

    /// Waits until a sync has been as slow as was ordered last, or has failed.
    void awaitMisfortune() {
        Waiting.until("a slow or failing sync", () -> Files.exists(done()));
    }

    private Path done() {
        return orders.resolveSibling(orders.getFileName() + ".done");
    }

    void heal() {
        order("");
    }

    private void order(String text) {
        try {
            Files.deleteIfExists(done());
            Files.writeString(orders, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
