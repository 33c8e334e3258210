package io.girok.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Standard output as bytes, for data only. Not thread-safe.
///
/// When the reader of the pipe has gone (`girok consume orders | head`), any call throws [Closed], which ends the
/// command without a word.
final class Output implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    /// Nobody reads any more.
    static final class Closed extends RuntimeException {
        private Closed(IOException cause) {
            super(cause);
        }
    }

    private final OutputStream out;

    Output(OutputStream out) {
        this.out = out;
    }

    static Output standard() {
        return new Output(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES));
    }

    void line(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
        newline();
    }

    void bytes(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new Closed(e);
        }
    }

    void newline() {
        try {
            out.write('\n');
        } catch (IOException e) {
            throw new Closed(e);
        }
    }

    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new Closed(e);
        }
    }

    /// Flushes; standard output itself stays open.
    @Override
    public void close() {
        flush();
    }
}
