package io.girok.group;

import java.nio.ByteBuffer;

/// Bytes that the coordinator keeps and hands on without a look inside: subscriptions, assignments. Immutable by
/// agreement: nobody writes into the array.
record Bytes(ByteBuffer buffer) {
    static final Bytes EMPTY = new Bytes(ByteBuffer.allocate(0));

    static Bytes of(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(ByteBuffer.wrap(array));
    }

    int size() {
        return buffer.remaining();
    }

    byte[] toArray() {
        byte[] array = new byte[buffer.remaining()];
        buffer.duplicate().get(array);
        return array;
    }
}
