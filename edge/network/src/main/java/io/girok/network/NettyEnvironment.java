package io.girok.network;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;

/// What Netty reads from system properties while its classes load, so this must come first. Properties that are set
/// already stay: tests turn leak detection on.
final class NettyEnvironment {
    private NettyEnvironment() {}

    /// Refuses to renegotiate, and spares the start what Girok does not use: the search for a machine id through all
    /// network interfaces, the sampling of buffers for leaks, and a default allocator beside our own.
    static void prepare() {
        setIfAbsent("io.netty.machineId", "02:00:00:00:00:01");
        setIfAbsent("io.netty.processId", Integer.toString((int) (ProcessHandle.current().pid() & 0x7fff_ffff)));
        setIfAbsent("io.netty.leakDetection.level", "disabled");
        setIfAbsent("io.netty.allocator.type", "unpooled");
        // Netty refuses it with OpenSSL only; in TLS 1.3 there is none.
        setIfAbsent("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        InternalLoggerFactory.setDefaultFactory(Slf4JLoggerFactory.INSTANCE);
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
