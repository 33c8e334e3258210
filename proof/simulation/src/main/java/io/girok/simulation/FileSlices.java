package io.girok.simulation;

import io.girok.base.FileSlice;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads slices whole. Stateless.
final class FileSlices {
    private FileSlices() {}

    static void copy(FileSlice slice, ByteBuffer into) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(slice.size());
        while (part.hasRemaining()) {
            if (slice.read(part, part.position()) <= 0) {
                throw new IOException("a slice of " + slice.size() + " bytes ends at " + part.position());
            }
        }
        into.put(part.flip());
    }
}
