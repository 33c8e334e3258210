package io.girok.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Splits a stream of bytes at newlines; nothing is decoded, so any bytes but the newline itself pass. Not thread-safe.
final class LineReader {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private byte[] line = new byte[256];
    private int lineBytes;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /// The next line without its newline; null at the end. A last line needs no newline.
    byte @Nullable [] next() throws IOException {
        lineBytes = 0;
        boolean isStarted = false;
        while (true) {
            if (from == to) {
                int count = in.read(buffer);
                if (count < 0) {
                    return isStarted ? Arrays.copyOf(line, lineBytes) : null;
                }
                from = 0;
                to = count;
                continue;
            }
            isStarted = true;
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            keep(end - from);
            boolean isWhole = end < to;
            from = isWhole ? end + 1 : end;
            if (isWhole) {
                return Arrays.copyOf(line, lineBytes);
            }
        }
    }

    private void keep(int count) throws IOException {
        if (maxLineBytes - lineBytes < count) {
            throw new IOException("a line is longer than " + maxLineBytes + " bytes");
        }
        if (line.length < lineBytes + count) {
            line = Arrays.copyOf(line, Math.max(line.length * 2, lineBytes + count));
        }
        System.arraycopy(buffer, from, line, lineBytes, count);
        lineBytes += count;
    }
}
