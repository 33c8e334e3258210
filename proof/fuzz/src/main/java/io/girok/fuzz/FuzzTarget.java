package io.girok.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A place where strangers' bytes come in. Thread-safe by having no state that lasts.
interface FuzzTarget {
    /// Takes any bytes; what it throws is a finding.
    void take(byte[] input) throws Exception;

    /// Valid inputs to begin with, the same ones each time.
    List<byte[]> seeds() throws Exception;

    /// The most heap that an input of that length may reserve in all, objects of the checks included.
    long maxAllocatedBytes(int inputBytes);

    /// One whose first byte says what the rest is.
    static byte[] input(int kind, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put((byte) kind).put(rest).array();
    }

    static byte[] input(int kind, String rest) {
        return input(kind, rest.getBytes(StandardCharsets.UTF_8));
    }

    /// The longest input that is worth trying.
    default int maxInputBytes() {
        return 16 * 1024;
    }
}
