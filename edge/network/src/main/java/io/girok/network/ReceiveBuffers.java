package io.girok.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Lets a socket read straight into the frame that it is in the middle of. One for each connection, owned by its loop.
@SuppressWarnings("deprecation") // Netty has no other way to choose the buffer of each read
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ClientConnection connection;

    ReceiveBuffers(ClientConnection connection) {
        this.connection = connection;
    }

    @Override
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return connection.nextReadBuffer(allocator);
            }

            // Never asked: allocate decides.
            @Override
            public int guess() {
                return 0;
            }
        };
    }
}
