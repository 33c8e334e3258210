package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A start that comes to nothing, after a clean stop: there is still nothing to recover.
class UnfinishedStartIT {
    private static final int NODES = 3;

    @TempDir
    Path directory;
    private Path data;
    private Path mark;

    @BeforeEach
    void stopClean() {
        data = directory.resolve("data");
        mark = data.resolve(".kafka_cleanshutdown");
        assertThat(GirokProcess.start(data, Map.of("node.id", "1")).stop()).isZero();
        assertThat(mark).exists();
    }

    @Test
    void aNodeThatIsStoppedWhileItWaitsForTheOthersStaysClean() {
        int port = FreePorts.inARow(NODES);
        String voters = "1@127.0.0.1:" + port + ",2@127.0.0.1:" + (port + 1) + ",3@127.0.0.1:" + (port + 2);

        try (GirokProcess waiting = GirokProcess.begin(data, port,
                Map.of("node.id", "1", "controller.quorum.voters", voters))) {
            Waiting.until("a listener", () -> isListening(port));
            assertThat(mark).doesNotExist();

            assertThat(waiting.stop()).isZero();
        }

        assertThat(mark).exists();
    }

    @Test
    void aNodeWhosePortIsTakenStaysClean() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GirokProcess refused = GirokProcess.begin(data, taken.getLocalPort(), Map.of("node.id", "1"))) {
            assertThat(refused.awaitExit()).isEqualTo(1);
            assertThat(refused.errorText()).contains("can't start");
        }

        assertThat(mark).exists();
    }

    private static boolean isListening(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
