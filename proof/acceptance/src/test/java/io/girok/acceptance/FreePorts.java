package io.girok.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for servers that have to know each other's before one of them runs. Stateless.
///
/// They are below those that the kernel gives to connections: one of these, free now, may be taken when the server
/// binds it.
final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int BOUND = 32_000;
    private static final int ATTEMPTS = 1_000;

    private FreePorts() {}

    /// The first of `count` in a row that are free now.
    static int inARow(int count) {
        for (int i = 0; i < ATTEMPTS; i++) {
            int first = ThreadLocalRandom.current().nextInt(FIRST, BOUND - count);
            if (areFree(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports in a row among " + FIRST + " to " + BOUND);
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                continue;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
