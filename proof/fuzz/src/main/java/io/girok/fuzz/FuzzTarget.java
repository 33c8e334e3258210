package io.girok.fuzz;

import java.util.List;

/// A place where strangers' bytes come in. Thread-safe by having no state that lasts.
interface FuzzTarget {
    /// Takes any bytes; what it throws is a finding.
    void take(byte[] input) throws Exception;

    /// Valid inputs to begin with, the same ones each time.
    List<byte[]> seeds() throws Exception;

    /// The most heap that an input of that length may reserve in all, objects of the checks included.
    long maxAllocatedBytes(int inputBytes);

    /// The longest input that is worth trying.
    default int maxInputBytes() {
        return 16 * 1024;
    }
}
