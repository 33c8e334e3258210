package io.girok.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/// Counts what waits to be sent, file regions by their real size (Netty takes them for nothing): a client that does not
/// read is held back by them too. Immutable.
final class UnsentBytes implements MessageSizeEstimator, MessageSizeEstimator.Handle {
    @Override
    public Handle newHandle() {
        return this;
    }

    @Override
    public int size(Object message) {
        return switch (message) {
            case ByteBuf bytes -> bytes.readableBytes();
            case FileRegion region -> (int) region.count();
            default -> 0;
        };
    }
}
