package io.girok.wire;

import io.girok.base.Principal;
import java.net.InetSocketAddress;

/// A connection that nobody is at. Immutable.
public enum Nobody implements Connection {
    INSTANCE;

    @Override
    public long id() {
        return 0;
    }

    @Override
    public InetSocketAddress localAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public String listenerName() {
        return "NOBODY";
    }

    @Override
    public Principal principal() {
        return Principal.ANONYMOUS;
    }

    @Override
    public void onClose(Runnable task) {
        // Nothing closes it.
    }
}
