package io.girok.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the process at once when it can no longer keep its promises; the next start recovers. Stateless.
final class Halt {
    private static final Logger LOG = LoggerFactory.getLogger(Halt.class);
    private static final int EXIT_CODE = 3;

    private Halt() {}

    static void now(Throwable cause) {
        LOG.error("Girok halts: it can no longer tell what the cluster has decided", cause);
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
