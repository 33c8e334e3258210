package io.girok.membership;

import io.girok.base.Principal;
import io.girok.wire.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Of requests that a node asks itself. Immutable.
record LocalConnection() implements Connection {
    static final LocalConnection INSTANCE = new LocalConnection();
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Override
    public long id() {
        return 0;
    }

    @Override
    public InetSocketAddress localAddress() {
        return HERE;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return HERE;
    }

    @Override
    public String listenerName() {
        return "PLAINTEXT";
    }

    @Override
    public boolean isOurOwn() {
        return true;
    }

    @Override
    public Principal principal() {
        return Principal.ANONYMOUS;
    }

    @Override
    public void onClose(Runnable task) {
        // It ends with the process.
    }
}
